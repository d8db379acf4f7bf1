/// The page `Docs/request-load.md`.
struct LoadReport {
    struct Comparison {
        let requestsPerSecond: Int
        let without: FleetRun
        let with: FleetRun
    }

    let machines: Int
    let seed: UInt64
    let places: Int
    let pollingTimes: Int
    let pollingInterval: Int
    let comparisons: [Comparison]
    let capacity: Capacity
    /// Where the capacity was measured: configuration, day, processors, load.
    let conditions: String

    var markdown: String {
        """
        # What [Auto Adjust Issuance Request Time] does for the SCEP server

        \(Decimal.grouped(machines)) machines of one owner have the same [Request Start Date/Time:]. Without the \
        adjustment they all ask in the same second. With it each asks 1 to 600 seconds later, evenly drawn anew for each \
        request (T2).

        `scripts/bench load` makes this page and its picture (server: 20 requests/s, see below). The simulation is seeded (\(seed)) and gives the same \
        figures in each run; the measurement at the end does not.

        ![Requests per second at the server](images/request-load.svg)

        ## Simulated

        Real: each machine is the product's own `AutoRequestPlan` with the product's own draw; what it answers as the \
        time of its request is used. Polling has the default settings: \(pollingTimes) times, every \
        \(pollingInterval) min.

        Model, and not measured:

        - The server works on one request at a time and answers *c* of them a second, each taking the same time. \
        \(places) more may wait; any other connection is refused. No answer takes as long as the Communication Timeout \
        of 30 s.
        - A refused connection is a communication error: the machine makes the same request again after the polling \
        interval, until its polling times are used up; then its status is [Error] (T3).
        - One request counts once, whatever it takes to make it (GetCACaps, GetCACert, PKIOperation).
        - From the set time to the server each request takes 0 to 1 s, evenly: clocks differ, and networks. Every \
        machine has generated its key beforehand; keys that take seconds would spread the requests of the first column a \
        little more.

        \(table)

        "Requests" counts refused ones too: it is what reaches the server. With the adjustment \
        \(Decimal.grouped(machines)) machines make \(Decimal.text(Double(machines) / 600, 1)) requests a second on \
        average: a server that does more than that has hardly anything to refuse. Without it the machines that are \
        refused come back together, a minute later, for polling is not adjusted: each wave fills the queue once, and \
        after \(pollingTimes + 1) waves the polling times are used up. Where the server is slower than the average, the \
        adjustment still keeps it working all the time instead of for a few seconds a minute.

        ## Measured

        The practice CA answered \(Decimal.text(capacity.requestsPerSecond, 0)) requests a second \
        (\(capacity.requests) PKCSReq in \(Decimal.text(capacity.seconds, 1)) s, each a certificate issued and proven, \
        RSA-2048, over loopback; \(Decimal.text(capacity.processorMilliseconds, 1)) ms of processor time per request for \
        the server and the sending side together). \(conditions)

        That is a server to practise on and a computer with nothing in between. The values of *c* in the table span what \
        a server may do that asks a directory, a database or a hardware security module for each request; they are not \
        taken from this figure.

        """
    }

    private var table: String {
        var lines = [
            "| server | | all at the same time | with the adjustment |",
            "| --- | --- | ---: | ---: |",
        ]
        for comparison in comparisons {
            var name = "*c* = \(comparison.requestsPerSecond)/s"
            for (what, value) in Self.rows {
                lines.append("| \(name) | \(what) | \(value(comparison.without)) | \(value(comparison.with)) |")
                name = ""
            }
        }
        return lines.joined(separator: "\n")
    }

    private static let rows: [(String, @Sendable (FleetRun) -> String)] = [
        ("requests in the busiest second", { Decimal.grouped($0.peak) }),
        ("requests in all", { Decimal.grouped($0.total) }),
        ("refused", { Decimal.grouped($0.refused) }),
        ("machines answered at the first attempt", { Decimal.grouped($0.answeredAtOnce) }),
        ("machines with a certificate in the end", { Decimal.grouped($0.waits.count) }),
        ("machines in [Error], polling times used up", { Decimal.grouped($0.failed) }),
        (
            "from first attempt to answer: half of those machines within",
            { Decimal.seconds($0.wait(percent: 50)) + " s" }
        ),
        ("from first attempt to answer: 99 % within", { Decimal.seconds($0.wait(percent: 99)) + " s" }),
        ("the last answer, after the start", { Decimal.seconds($0.end) + " s" }),
    ]
}
