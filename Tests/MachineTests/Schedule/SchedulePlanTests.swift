import Foundation
import Testing

@testable import Machine

@Suite("What the schedule waits for") struct SchedulePlanTests {
    @Test("T8: with the timer off nothing is scheduled, drawn or put right")
    func timerOff() throws {
        var machine = try Schedules(start: "2026-11-21T11:00", every: 1, adjusts: true)
        machine.renewable = .init(keyID: 7, notBefore: machine.now - 86_400, notAfter: machine.now)
        machine.settings.renewal.trigger = .daysBefore(30)
        machine.settings.isTimerEnabled = false
        machine.schedule.done = 500
        #expect(try machine.plan().next == nil)
        #expect(try !machine.plan().isDue)
        #expect(machine.schedule == AutoRequestSchedule(done: 500))
        #expect(machine.random.draws == 0)
    }

    @Test("T1: a timer without start and renewal waits for nothing")
    func nothingSet() throws {
        var machine = try Schedules()
        #expect(try machine.ticks().isEmpty)
        #expect(try machine.plan().next == nil)
    }

    @Test(
        "T9: a machine that was off sends once what it missed, however much that was",
        arguments: [
            // off until, the highest that is done then
            ("2026-12-01T01:59Z", nil), ("2026-12-01T02:00Z", 0), ("2026-12-01T23:00Z", 0),
            ("2026-12-03T01:59Z", 1), ("2026-12-03T02:00Z", 2), ("2027-12-01T12:00Z", 365), ("2036-12-01T12:00Z", 3653),
        ] as [(String, Int?)])
    func machineOff(until: String, done: Int?) throws {
        var machine = try Schedules(start: "2026-12-01T02:00", every: 1)
        try machine.reboot()
        machine.now = try .utc(until)
        #expect(try machine.ticks() == (done == nil ? [] : [.occurrence(0)]))
        #expect(machine.schedule.done == done)
        let next = try #require(try machine.plan().next)
        #expect(next.target == .occurrence((done ?? -1) + 1))
        #expect(next.at > machine.now && next.at <= machine.now + 86_400)
    }

    @Test("T9: a power cut between the decision and the write sends again, one after it does not")
    func powerCut() throws {
        var machine = try Schedules(start: "2026-12-01T02:00", every: 7, adjusts: true)
        machine.now = try .utc("2026-12-01T02:10Z")
        let plan = try machine.plan()
        let due = try #require(plan.next)
        #expect(plan.isDue)
        try machine.reboot()
        #expect(try machine.plan().next == due)
        machine.schedule = plan.begun(due)
        try machine.reboot()
        #expect(try machine.ticks().isEmpty)
    }

    static let hour = 3600.0
    static let year = 365 * 86_400.0

    @Test(
        "T9: a clock that is set while a set time is ahead sends what it steps over, once",
        arguments: [
            // step, sent at once, sent when the true time has come
            (hour, true, false), (-hour, false, true), (year, true, false), (-year, false, true),
        ])
    func stepBefore(step: Double, atOnce: Bool, later: Bool) throws {
        // Half an hour before the only set time.
        var machine = try Schedules(start: "2027-12-01T02:00", now: "2027-12-01T01:30Z")
        #expect(try machine.ticks().isEmpty)
        machine.now += step
        #expect(try machine.ticks() == (atOnce ? [.occurrence(0)] : []))
        machine.now = max(machine.now, try .utc("2027-12-01T02:00Z"))
        #expect(try machine.ticks() == (later ? [.occurrence(0)] : []))
    }

    @Test(
        "T9: a clock that is set while the request runs neither repeats nor skips, unless it had been wrong by days",
        arguments: [
            (hour, []), (-hour, []), (-86_399, []),
            // A year ahead the next eleven set times have passed: sent once. A year back nothing was ever sent.
            (year, [.occurrence(1)]), (-year, []),
        ] as [(Double, [AutoRequestSchedule.Target])])
    func stepDuring(step: Double, atOnce: [AutoRequestSchedule.Target]) throws {
        var machine = try Schedules(start: "2027-12-01T02:00", every: 30, now: "2027-12-01T02:00Z")
        #expect(try machine.ticks() == [.occurrence(0)])
        machine.now += step
        #expect(try machine.ticks() == atOnce)
        machine.now = try .utc("2027-12-01T02:00Z")
        // Only the year counts as a clock that had been wrong.
        #expect(try machine.ticks() == (step == -Self.year ? [.occurrence(0)] : []))
        machine.now = try .utc("2027-12-31T02:00Z")
        #expect(try machine.ticks() == [.occurrence(1)])
    }

    @Test("T9: after a year by a clock that ran ahead the set times of the true year are kept")
    func clockWasAhead() throws {
        var machine = try Schedules(start: "2026-12-01T02:00", every: 1)
        machine.now = try .utc("2026-12-01T02:00Z")
        #expect(try machine.ticks() == [.occurrence(0)])
        machine.now = try .utc("2027-12-01T02:00Z")
        #expect(try machine.ticks() == [.occurrence(1)])
        #expect(machine.schedule.done == 365)
        // Set right again the next day, after that day's set time.
        machine.now = try .utc("2026-12-02T09:00Z")
        #expect(try machine.plan().next?.at.utc == "2026-12-03T02:00Z")
        #expect(machine.schedule.done == 1)
        machine.now = try .utc("2026-12-03T02:00Z")
        #expect(try machine.ticks() == [.occurrence(2)])
    }

    @Test(
        "T9: a clock set back by up to a day repeats nothing, by more it does", arguments: [(86_400.0, 0), (86_401, 1)])
    func stepBack(seconds: Double, repeats: Int) throws {
        var machine = try Schedules(start: "2026-12-03T02:00", now: "2026-12-03T02:00Z")
        #expect(try machine.ticks() == [.occurrence(0)])
        machine.now -= seconds
        #expect(try machine.ticks().isEmpty)
        machine.now = try .utc("2026-12-03T02:00Z")
        #expect(try machine.ticks().count == repeats)
    }

    @Test("T9: while the clock has not been set nothing is due, drawn or put right", arguments: ["1970-01-01T00:00Z"])
    func clockNotSet(now: String) throws {
        var machine = try Schedules(start: "2026-12-01T02:00", every: 1, adjusts: true)
        machine.settings.renewal.trigger = .percentOfLife(80)
        machine.renewable = .init(keyID: 7, notBefore: .distantPast, notAfter: try .utc("1971-01-01T00:00Z"))
        machine.now = try .utc("2026-12-05T03:00Z")
        while try machine.tick() != nil {}
        let stored = machine.schedule
        let draws = machine.random.draws
        machine.now = try .utc(now)
        #expect(try machine.plan().next == nil)
        machine.now = Tables.earliestClock - 1
        #expect(try machine.plan().next == nil)
        #expect(machine.schedule == stored && machine.random.draws == draws)
        // The clock is set: on it goes as if nothing had been.
        machine.now = try .utc("2026-12-05T04:00Z")
        #expect(try machine.plan().next?.nominal.utc == "2026-12-06T02:00Z")
        #expect(machine.random.draws == draws)
    }

    @Test("T4: a schedule begins anew when the timer, the periodic requests or their times change, and only then")
    func schedulesAnew() throws {
        let on = try Schedules(start: "2026-12-01T02:00", every: 30).settings
        func changed(_ change: (inout AutoRequestSettings) -> Void) -> AutoRequestSettings {
            var settings = on
            change(&settings)
            return settings
        }
        let off = changed { $0.isTimerEnabled = false }
        let oneShot = changed { $0.isPeriodic = false }
        #expect(on.schedulesAnew(after: off))
        #expect(on.schedulesAnew(after: oneShot))
        let moved = [changed { $0.start = $0.start?.adding(days: 1) }, changed { $0.interval = 7 }]
        for other in moved { #expect(other.schedulesAnew(after: on)) }
        #expect(!on.schedulesAnew(after: on))
        #expect(!off.schedulesAnew(after: on))
        #expect(!oneShot.schedulesAnew(after: on))
        let others = [
            changed { $0.pollingTimes = 3 }, changed { $0.key = nil }, changed { $0.renewal.trigger = .daysBefore(9) },
            // The coming request draws an adjustment, or loses it; when it is due otherwise stays.
            changed { $0.adjustsRequestTime = true },
        ]
        for other in others { #expect(!other.schedulesAnew(after: on)) }
        // An interval that nothing goes by.
        var other = oneShot
        other.interval = 7
        #expect(!other.schedulesAnew(after: oneShot))

        var schedule = AutoRequestSchedule(
            done: 3, adjustment: .init(target: .occurrence(4), seconds: 5), renewalAttemptedAt: .distantPast)
        schedule.reset()
        #expect(schedule == AutoRequestSchedule(renewalAttemptedAt: .distantPast))
    }
}
