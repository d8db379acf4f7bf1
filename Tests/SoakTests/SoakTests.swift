import FoundationEssentials
import Testing

/// T3 to T6, T9, T10, I7: a machine that asks for its certificates by itself, through thirty days in which every second
/// message meets with a mishap and the power is cut at any moment.
///
/// `SOAK_SEEDS` is the number of runs, `SOAK_SEED` the first one's seed: a run that fails names its seed.
@Suite("Thirty days of mishaps and power cuts") struct SoakTests {
    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["SOAK_SEED"].flatMap { UInt64($0) } ?? 1
        let count = environment["SOAK_SEEDS"].flatMap { UInt64($0) } ?? 4
        return Array(first..<first + max(1, count))
    }()

    @Test("No key and no certificate is lost, and the history says what the CA's log says", arguments: seeds)
    func run(seed: UInt64) async throws {
        let simulation = try await Simulation(seed: seed)
        defer { simulation.cleanUp() }
        for _ in 0..<30 { try await simulation.day() }
        let requests = simulation.books.rows.count
        try await simulation.calm()
        for problem in simulation.problems + simulation.network.problems {
            Issue.record("SOAK_SEED=\(seed) \(problem)")
        }
        let mishaps = simulation.network.mishaps.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print(
            "SOAK_SEED=\(seed): \(requests) requests, \(try simulation.ca.issued().count) certificates, "
                + "\(simulation.powerCuts) power cuts, \(simulation.restarts) restarts; \(mishaps.joined(separator: ", "))"
        )
    }
}
