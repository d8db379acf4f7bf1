import Foundation
import PKI
import Testing

@testable import Machine

@Suite("Auto Adjust Issuance Request Time") struct ScheduleAdjustmentTests {
    private typealias Adjustment = AutoRequestSchedule.Adjustment

    @Test("T2: each of the 65,536 pairs of bytes leads to a second or is thrown away; each second has 109 of them")
    func noModuloBias() throws {
        var counts = [Int](repeating: 0, count: 601)
        var thrownAway = 0
        for value in 0...0xFFFF {
            // After a pair that is thrown away the next one counts, and that is the second 600.
            let random = ScriptedRandom([UInt8(value >> 8), UInt8(value & 0xFF), 0x02, 0x57])
            let seconds = try Adjustment(target: .occurrence(0), random: random).seconds
            if random.isUsedUp {
                #expect(seconds == 600)
                thrownAway += 1
            } else {
                counts[seconds] += 1
            }
        }
        #expect(thrownAway == 136)
        #expect(counts[0] == 0 && counts[1...].allSatisfy { $0 == 109 })
    }

    @Test("T2: the adjustment is uniform over 1 to 600 s (chi-square, 599 degrees of freedom)", arguments: [1, 2, 3])
    func uniform(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        let draws = 120_000
        var counts = [Int](repeating: 0, count: 601)
        for k in 0..<draws { counts[try Adjustment(target: .occurrence(k), random: random).seconds] += 1 }
        #expect(counts[0] == 0)
        let expected = Double(draws) / 600
        let statistic = counts[1...].reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        // The 0.1 % and 99.9 % points: further out a source is not uniform, or too even to be random.
        #expect(statistic > 498 && statistic < 711, "chi-square \(statistic)")
    }

    @Test("T2: a source that always says the same ends in an error, not in an endless loop")
    func brokenSource() throws {
        let random = ScriptedRandom([UInt8](repeating: 0xFF, count: 64))
        #expect(throws: PKIError.self) { try Adjustment(target: .occurrence(0), random: random) }
        #expect(random.isUsedUp == false)
    }

    @Test("T2 and T9: drawn once for each coming request, kept over restarts and clock steps, anew for the next")
    func drawnOnce() throws {
        var machine = try Schedules(start: "2026-12-01T02:00", every: 1, adjusts: true)
        var seconds: [Int] = []
        for k in 0..<40 {
            let first = try #require(try machine.plan().next)
            for step in [0, -7200, 7200.0] {
                try machine.reboot()
                machine.now += step
                #expect(try machine.plan().next == first)
            }
            #expect(machine.random.draws == k + 1)
            seconds.append(Int(first.at.timeIntervalSince(first.nominal)))
            #expect(machine.schedule.adjustment == .init(target: .occurrence(k), seconds: seconds[k]))
            machine.now = first.at
            #expect(try machine.tick() == first)
            #expect(machine.schedule.adjustment == nil)
        }
        #expect(seconds.allSatisfy { (1...600).contains($0) })
        #expect(Set(seconds).count > 30)
    }

    @Test("T2 and T10: a renewal that becomes the coming request draws its own adjustment")
    func renewalDraws() throws {
        var machine = try Schedules(start: "2026-12-01T02:00", every: 365, adjusts: true)
        let first = try #require(try machine.plan().next)
        machine.settings.renewal.trigger = .daysBefore(30)
        machine.renewable = .init(
            keyID: 3, notBefore: try .utc("2026-08-15T00:00Z"), notAfter: try .utc("2026-12-15T00:00Z"))
        #expect(try machine.plan().next?.target == .renewal(keyID: 3))
        #expect(machine.schedule.adjustment?.target == .renewal(keyID: 3))
        #expect(machine.random.draws == 2)
        machine.renewable = nil
        #expect(try machine.plan().next?.target == first.target)
        #expect(machine.random.draws == 3)
    }

    @Test("T2: without the adjustment a request goes out at its set time and nothing is drawn")
    func notAdjusted() throws {
        var machine = try Schedules(start: "2026-12-01T02:00", every: 1)
        machine.schedule.adjustment = .init(target: .occurrence(0), seconds: 300)
        let next = try #require(try machine.plan().next)
        #expect(next.at == next.nominal)
        #expect(machine.random.draws == 0 && machine.schedule.adjustment == nil)
    }

    @Test("T2: without random numbers nothing is sent at the wrong time: the error is told")
    func noRandomNumbers() throws {
        let machine = try Schedules(start: "2026-12-01T02:00", every: 1, adjusts: true)
        var plan = AutoRequestPlan(
            settings: machine.settings, schedule: machine.schedule, renewable: nil, zone: machine.zone, now: machine.now
        )
        #expect(throws: PKIError.self) { try plan.draw(random: ScriptedRandom([])) }
        #expect(plan.schedule == machine.schedule)
    }
}
