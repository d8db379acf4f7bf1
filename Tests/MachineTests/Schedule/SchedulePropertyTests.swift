import Foundation
import Testing

@testable import Machine

/// Random clocks, steps, restarts and times off, for months on end.
@Suite("The schedule under random clocks") struct SchedulePropertyTests {
    /// One machine whose clock is the true time and an error.
    private struct Life {
        var machine: Schedules
        var trueTime: Date
        var error = 0.0
        let occurrences: Occurrences
        /// How often each set time was begun or made up for.
        var covered: [Int: Int] = [:]
        /// The set times that may come again: after they were done the clock went back by more than a day.
        var mayComeAgain: Set<Int> = []
        /// The latest that the clock has shown.
        var latest: Date

        init(seed: UInt64, zone: Zone, interval: Int, adjusts: Bool) throws {
            machine = try Schedules(
                start: "2026-12-01T02:30", every: interval, adjusts: adjusts, zone: zone, seed: seed)
            trueTime = machine.now
            latest = machine.now
            occurrences = try #require(Occurrences(machine.settings, zone: zone))
        }

        /// The machine looks at its clock, as it does at least every 30 seconds and after each restart.
        mutating func look(clockIsSet: Bool = true) throws {
            machine.now = clockIsSet ? trueTime + error : Date(timeIntervalSince1970: 100)
            if clockIsSet {
                latest = max(latest, machine.now)
                if machine.now < latest - 86_400 { mayComeAgain.formUnion(covered.keys) }
            }
            let before = try machine.plan().schedule.done
            guard let due = try machine.tick() else { return }
            #expect(clockIsSet, "begun by a clock that was not set")
            #expect(due.at <= machine.now && due.nominal <= machine.now, "begun too early")
            let done = try #require(machine.schedule.done)
            for k in ((before ?? -1) + 1)...done {
                #expect(covered[k] == nil || mayComeAgain.contains(k), "set time \(k) was begun again")
                mayComeAgain.remove(k)
                covered[k, default: 0] += 1
                #expect(occurrences.date(k).map { $0 <= machine.now } ?? false, "set time \(k) has not come")
            }
            #expect(try machine.tick() == nil, "what was missed is sent once")
        }

        /// To the next moment at which something may happen, or by a few hours.
        mutating func pass(_ random: inout SeededRandom) throws {
            let hours = Double.random(in: 0.01...20, using: &random)
            let wake = try machine.plan().next.map { $0.at - error } ?? trueTime
            trueTime = wake > trueTime && wake < trueTime + hours * 3600 ? wake : trueTime + hours * 3600
        }
    }

    @Test(
        "T9: no set time is begun twice unless the clock went back by more than a day, and none that passed is left out",
        arguments: 0..<120)
    func randomClocks(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed) &* 7919)
        let zone = try Zone.named(ScheduleOccurrenceTests.zones.randomElement(using: &random) ?? "Europe/Berlin")
        let intervals = [1, 1, 7, 30]
        var life = try Life(
            seed: random.next(), zone: zone, interval: intervals.randomElement(using: &random) ?? 1,
            adjusts: Bool.random(using: &random))
        // Some lives have wild clocks, some only drift, so that both promises are tested without excuse.
        let widths: [Double] = [600, 4 * 3600, 30 * 86_400, 400 * 86_400]
        let widest = widths.randomElement(using: &random) ?? 0
        for _ in 0..<400 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: life.error = Double.random(in: -widest...widest, using: &random)
            case 1, 2: life.error = 0
            case 3: try life.machine.reboot()
            case 4: life.trueTime += Double.random(in: 0...40, using: &random) * 86_400
            case 5:
                // A restart without a battery: the clock is not set until the network is there.
                try life.machine.reboot()
                try life.look(clockIsSet: false)
            default: try life.pass(&random)
            }
            try life.look()
        }
        life.error = 0
        try life.look()
        life.trueTime += 601
        try life.look()

        let last = try #require(life.occurrences.last(at: life.trueTime))
        for k in 0...last { #expect(life.covered[k, default: 0] >= 1, "set time \(k) was left out") }
        if widest <= 4 * 3600 {
            #expect(life.mayComeAgain.isEmpty)
            #expect(life.covered.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("T9: set times that pass while the clock is right are begun at their time", arguments: 0..<40)
    func punctual(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed) &* 104_729)
        let zone = try Zone.named(ScheduleOccurrenceTests.zones.randomElement(using: &random) ?? "Europe/Berlin")
        var machine = try Schedules(
            start: "2026-12-01T02:30", every: 1, adjusts: Bool.random(using: &random), zone: zone,
            seed: random.next())
        let occurrences = try #require(Occurrences(machine.settings, zone: zone))
        for k in 0..<300 {
            let next = try #require(try machine.plan().next)
            #expect(next.target == .occurrence(k))
            #expect(next.nominal == occurrences.date(k))
            // Looks at any time before, with restarts, begin nothing.
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                machine.now += next.at.timeIntervalSince(machine.now) * Double.random(in: 0..<1, using: &random)
                try machine.reboot()
                #expect(try machine.tick() == nil)
            }
            machine.now = next.at + Double.random(in: 0...30, using: &random)
            #expect(try machine.tick()?.target == .occurrence(k))
        }
    }
}
