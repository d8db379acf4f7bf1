import FoundationEssentials
import Machine
import PKI

/// Machines of one owner, all with the same [Request Start Date/Time:].
struct Fleet {
    let settings: AutoRequestSettings
    /// When each machine's request reaches the server, in microseconds after the start, earliest first.
    let requests: [Int]

    /// Asks each machine's own plan when it will request, an hour before the start.
    ///
    /// - Throws: `PKIError` when there are no random numbers, ``Failure`` when a machine waits for nothing.
    init(machines: Int, adjusts: Bool, seed: UInt64) throws {
        var settings = AutoRequestSettings()
        settings.isTimerEnabled = true
        settings.start = LocalDateTime(year: 2026, month: 12, day: 1, hour: 2, minute: 0)
        settings.adjustsRequestTime = adjusts
        settings.isPollingEnabled = true
        settings.key = AutoRequestKey(keyName: "tls", commonName: "printer.example", use: .tls)
        self.settings = settings

        let zone = Zone.fixed(seconds: 0)
        guard let start = settings.start?.date(in: zone) else { throw Failure.nothingScheduled }
        let random = SeededRandom(seed: seed)
        let delays = SeededRandom(seed: seed &+ 1)
        requests = try (0..<machines).map { _ in
            var plan = AutoRequestPlan(
                settings: settings, schedule: AutoRequestSchedule(), renewable: nil, zone: zone, now: start - 3600)
            try plan.draw(random: random)
            guard let next = plan.next else { throw Failure.nothingScheduled }
            return Int((next.at.timeIntervalSince(start) * 1e6).rounded()) + (try Self.delay(delays))
        }.sorted()
    }

    /// From the time of a request to its arrival at the server, 0 to 1 s: clocks differ a little, and so do networks.
    private static func delay(_ random: SeededRandom) throws -> Int {
        (try random.bytes(4).reduce(0) { $0 << 8 | Int($1) } * 1_000_000) >> 32
    }

    enum Failure: Error { case nothingScheduled }
}
