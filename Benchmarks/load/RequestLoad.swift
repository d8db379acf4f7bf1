import ArgumentParser
import FoundationEssentials
import Glibc
import Machine

@main
struct RequestLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request-load",
        abstract: "Simulates many machines with one start time, measures the practice CA, and writes both down.")

    @Option(help: "The folder that gets request-load.md and images/request-load.svg.")
    var docs = "Docs"

    @Option(help: "How many machines.")
    var machines = 10_000

    @Option(help: "Of the simulation's random numbers.")
    var seed: UInt64 = 20_261_201

    @Option(help: "Requests that the practice CA is measured with.")
    var measured = 200

    /// Requests a second that the modelled servers answer: below, a little above and far above the average load.
    private static let capacities = [10, 20, 100]
    /// The one that the picture shows.
    private static let shown = 20
    /// Connections that wait in the modelled server: the backlog that Linux gave by default for most of its life.
    private static let places = 128

    func run() async throws {
        let without = try Fleet(machines: machines, adjusts: false, seed: seed)
        let with = try Fleet(machines: machines, adjusts: true, seed: seed)
        let comparisons = Self.capacities.map { capacity in
            let server = ServerModel(requestsPerSecond: capacity, places: Self.places)
            return LoadReport.Comparison(
                requestsPerSecond: capacity, without: FleetRun(without, server: server),
                with: FleetRun(with, server: server))
        }
        let capacity = try await Capacity.measure(requests: measured, lanes: 8)
        let report = LoadReport(
            machines: machines, seed: seed, places: Self.places, pollingTimes: with.settings.pollingTimes,
            pollingInterval: with.settings.pollingInterval, comparisons: comparisons, capacity: capacity,
            conditions: conditions)
        try write(report.markdown, to: "\(docs)/request-load.md")
        for comparison in comparisons where comparison.requestsPerSecond == Self.shown {
            let plot = LoadPlot(
                without: comparison.without.arrivals, with: comparison.with.arrivals,
                title: "\(Decimal.grouped(machines)) machines, one start time, a server of \(Self.shown) requests/s")
            try write(plot.svg, to: "\(docs)/images/request-load.svg")
        }
        print(report.markdown)
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private var conditions: String {
        #if DEBUG
            let build = "debug"
        #else
            let build = "release"
        #endif
        var load = [0.0]
        getloadavg(&load, 1)
        let day = LocalDateTime(Date(), zone: .fixed(seconds: 0)).date.text
        return "Measured on \(day): \(build) build, \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) processors, "
            + "shared with other work (load average \(Decimal.text(load[0], 1)))."
    }
}
