import Foundation
import PKI
import Synchronization
import Testing

@testable import Machine

/// A repeatable source of random bytes (SplitMix64), and a generator for the tests' own dice.
final class SeededRandom: RandomSource, RandomNumberGenerator {
    private let state: Mutex<UInt64>
    private let drawn = Mutex(0)

    init(seed: UInt64) { state = Mutex(seed) }

    /// How many times the product asked for bytes.
    var draws: Int { drawn.withLock { $0 } }

    func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    func bytes(_ count: Int) throws(PKIError) -> [UInt8] {
        drawn.withLock { $0 += 1 }
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
    }
}

/// Hands out the bytes it was given, then fails.
final class ScriptedRandom: RandomSource {
    private let left: Mutex<[UInt8]>

    init(_ bytes: [UInt8]) { left = Mutex(bytes) }

    var isUsedUp: Bool { left.withLock { $0.isEmpty } }

    func bytes(_ count: Int) throws(PKIError) -> [UInt8] {
        let bytes = left.withLock { left in
            let bytes = Array(left.prefix(count))
            left.removeFirst(bytes.count)
            return bytes
        }
        guard bytes.count == count else { throw PKIError(.library, "nothing left to draw") }
        return bytes
    }
}

extension Zone {
    /// A zone of the public zone data.
    static func named(_ identifier: String) throws -> Zone {
        let zone = try #require(TimeZone(identifier: identifier))
        return Zone { zone.secondsFromGMT(for: $0) }
    }
}

extension Date {
    /// Reads `2026-03-29T01:30Z`.
    static func utc(_ text: String) throws -> Date {
        try Date(text.replacing("Z", with: ":00Z"), strategy: .iso8601)
    }

    /// As `2026-03-29T01:30Z`.
    var utc: String { ISO8601Format().replacing(":00Z", with: "Z") }
}

/// A machine reduced to its schedule: what it stores, its clock, its zone.
struct Schedules {
    var settings = AutoRequestSettings()
    var schedule = AutoRequestSchedule()
    var renewable: AutoRequestPlan.Renewable?
    var zone = Zone.fixed(seconds: 0)
    var now: Date
    let random: SeededRandom

    init(
        start: String? = nil, every interval: Int? = nil, adjusts: Bool = false, zone: Zone = .fixed(seconds: 0),
        now: String = "2026-11-21T12:00Z", seed: UInt64 = 1
    ) throws {
        self.now = try .utc(now)
        self.zone = zone
        random = SeededRandom(seed: seed)
        settings.isTimerEnabled = true
        settings.start = try start.map { try #require(LocalDateTime(text: $0)) }
        settings.isPeriodic = interval != nil
        if let interval { settings.interval = interval }
        settings.adjustsRequestTime = adjusts
        settings.key = AutoRequestKey(keyName: "auto", commonName: "printer.example", use: .tls)
    }

    /// What is stored, read again as after a restart.
    mutating func reboot() throws {
        settings = try StoredJSON.decode(AutoRequestSettings.self, StoredJSON.encode(settings))
        schedule = try StoredJSON.decode(AutoRequestSchedule.self, StoredJSON.encode(schedule))
    }

    /// The plan at this moment; what it put right or drew is stored.
    mutating func plan() throws -> AutoRequestPlan {
        var plan = AutoRequestPlan(
            settings: settings, schedule: schedule, renewable: renewable, zone: zone, now: now)
        try plan.draw(random: random)
        schedule = plan.schedule
        return plan
    }

    /// Begins what is due now, if anything is.
    mutating func tick() throws -> AutoRequestPlan.Due? {
        let plan = try plan()
        guard plan.isDue, let due = plan.next else { return nil }
        schedule = plan.begun(due)
        return due
    }

    /// Begins whatever is due, again and again, and returns it all.
    mutating func ticks() throws -> [AutoRequestSchedule.Target] {
        var begun: [AutoRequestSchedule.Target] = []
        while let due = try tick(), begun.count < 100 { begun.append(due.target) }
        return begun
    }

    mutating func advance(hours: Double) { now += hours * 3600 }
}
