import Machine

/// What happens when a fleet makes its requests to one server.
struct FleetRun {
    /// Requests that reach the server in each second after the start, refused ones included.
    private(set) var arrivals: [Int] = []
    private(set) var refused = 0
    private(set) var answeredAtOnce = 0
    /// From a machine's first attempt to the answer, in microseconds, for each machine that got one.
    private(set) var waits: [Int] = []
    /// Machines whose polling times were used up: [Error] in their status.
    private(set) var failed = 0
    /// When the last answer was given, in microseconds after the start.
    private(set) var end = 0

    private struct Attempt {
        let made: Int
        let at: Int
        let polls: Int
    }

    /// A refused connection is a communication error: the machine polls, which is to make the same request again
    /// [polling interval] later, until the [polling times] are used up (T3).
    init(_ fleet: Fleet, server model: ServerModel) {
        var server = model
        let interval = fleet.settings.pollingInterval * 60_000_000
        let limit = fleet.settings.isPollingEnabled ? fleet.settings.pollingTimes : 0
        // Each poll lies the same time after its attempt: in the order of the attempts they are in the order of time.
        var polls: [Attempt] = []
        var first = 0
        var next = 0
        while first < fleet.requests.count || next < polls.count {
            let attempt: Attempt
            if next == polls.count || first < fleet.requests.count && fleet.requests[first] <= polls[next].at {
                attempt = Attempt(made: fleet.requests[first], at: fleet.requests[first], polls: 0)
                first += 1
            } else {
                attempt = polls[next]
                next += 1
            }
            count(attempt.at)
            if let answer = server.answer(at: attempt.at) {
                waits.append(answer - attempt.made)
                end = max(end, answer)
                if attempt.polls == 0 { answeredAtOnce += 1 }
            } else {
                refused += 1
                if attempt.polls < limit {
                    polls.append(Attempt(made: attempt.made, at: attempt.at + interval, polls: attempt.polls + 1))
                } else {
                    failed += 1
                }
            }
        }
        waits.sort()
    }

    var peak: Int { arrivals.max() ?? 0 }
    var total: Int { arrivals.reduce(0, +) }

    /// The wait that so many per cent of the answered machines do not exceed, in microseconds.
    func wait(percent: Int) -> Int {
        waits.isEmpty ? 0 : waits[min(waits.count - 1, waits.count * percent / 100)]
    }

    private mutating func count(_ time: Int) {
        let second = time / 1_000_000
        if arrivals.count <= second {
            arrivals.append(contentsOf: repeatElement(0, count: second + 1 - arrivals.count))
        }
        arrivals[second] += 1
    }
}
