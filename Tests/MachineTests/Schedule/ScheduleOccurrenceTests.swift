import Foundation
import Testing

@testable import Machine

@Suite("Set times of the schedule") struct ScheduleOccurrenceTests {
    static let zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]

    @Test(
        "T4 and T9: over five years each request goes out at its local time and adjustment, none too many, none too few",
        arguments: AutoRequestSettings.intervals, zones)
    func fiveYears(interval: Int, zone identifier: String) throws {
        let zone = try Zone.named(identifier)
        var machine = try Schedules(start: "2026-12-01T02:15", every: interval, adjusts: true, zone: zone)
        let start = try #require(machine.settings.start)
        let end = start.adding(days: 5 * 365 + 1).date(in: zone)
        var count = 0
        while let next = try machine.plan().next, next.nominal < end {
            try machine.reboot()
            // A second early there is nothing to do; at its time it is begun, once.
            machine.now = next.at - 1
            #expect(try machine.tick() == nil)
            machine.now = next.at
            #expect(try machine.tick() == next)
            #expect(try machine.tick() == nil)

            let local = start.adding(days: count * interval)
            #expect(next.target == .occurrence(count))
            #expect(next.nominal == local.date(in: zone))
            #expect((1...600).contains(next.at.timeIntervalSince(next.nominal)))
            let shown = LocalDateTime(next.nominal, zone: zone)
            // The clock shows the set time but for the day on which it leaps over it.
            #expect(shown == local || shown.hour == 3 || identifier == "Australia/Lord_Howe" && shown.minute == 45)
            count += 1
        }
        // 1 December 2026 to 1 December 2031 are 1826 days; the last is not among them.
        #expect(count == (1826 + interval - 1) / interval)
    }

    @Test("T4: a start on 29 February goes on every 365 days, at the same local time")
    func leapDay() throws {
        let zone = try Zone.named("Europe/Berlin")
        var machine = try Schedules(start: "2028-02-29T02:30", every: 365, zone: zone)
        var dates: [String] = []
        for _ in 0..<5 {
            let next = try #require(try machine.plan().next)
            dates.append(LocalDateTime(next.nominal, zone: zone).text)
            machine.now = next.at
            #expect(try machine.ticks().count == 1)
        }
        #expect(
            dates == [
                "2028-02-29T02:30", "2029-02-28T02:30", "2030-02-28T02:30", "2031-02-28T02:30", "2032-02-28T02:30",
            ])
    }

    @Test(
        "T9: the last set time that has passed is found at once, on every side of every change of the clock",
        arguments: AutoRequestSettings.intervals, zones + ["Pacific/Apia", "America/St_Johns"])
    func lastPassed(interval: Int, zone identifier: String) throws {
        let zone = try Zone.named(identifier)
        let starts = [
            // Apia's calendar has no 30 December 2011: two set times fall on one point in time.
            "Pacific/Apia": "2010-06-01T02:15",
            // In St. John's the clock went from 00:01 back into the day before.
            "America/St_Johns": "2010-01-01T00:00",
        ]
        let machine = try Schedules(start: starts[identifier] ?? "2026-03-01T02:15", every: interval)
        let occurrences = try #require(Occurrences(machine.settings, zone: zone))
        #expect(occurrences.last(at: machine.now - 20 * 365 * 86_400) == nil)
        let dates = (0..<(1500 / interval)).compactMap { occurrences.date($0) }
        for (k, date) in dates.enumerated() {
            let isDouble = k + 1 < dates.count && dates[k + 1] == date
            #expect(occurrences.last(at: date) == (isDouble ? k + 1 : k))
            #expect(occurrences.last(at: date + 1800) == (isDouble ? k + 1 : k))
            let isSecond = k > 0 && dates[k - 1] == date
            #expect(occurrences.last(at: date - 1) == (k == 0 ? nil : isSecond ? (k > 1 ? k - 2 : nil) : k - 1))
        }
    }

    @Test("T4: a far clock finds its set time without walking there")
    func farClock() throws {
        let machine = try Schedules(start: "2000-01-01T00:00", every: 1)
        let occurrences = try #require(Occurrences(machine.settings, zone: .fixed(seconds: 0)))
        let day = try #require(CivilDate(year: 9999, month: 12, day: 30))
        let first = try #require(CivilDate(year: 2000, month: 1, day: 1))
        let now = Date(timeIntervalSince1970: Double(day.daysSince1970) * 86_400)
        #expect(occurrences.last(at: now) == day.daysSince1970 - first.daysSince1970)
    }

    @Test("T1: a request that is not periodic has one set time")
    func oneShot() throws {
        var machine = try Schedules(start: "2026-12-01T02:00")
        #expect(try machine.plan().next?.nominal.utc == "2026-12-01T02:00Z")
        machine.now = try .utc("2026-12-01T02:00Z")
        #expect(try machine.ticks() == [.occurrence(0)])
        #expect(try machine.plan().next == nil)
        machine.now += 400 * 86_400
        try machine.reboot()
        #expect(try machine.ticks().isEmpty)
        #expect(machine.settings.isTimerEnabled)
    }

    @Test("T9: another time zone moves the points in time and not the local times, and repeats nothing")
    func zoneChange() throws {
        var machine = try Schedules(start: "2026-12-01T02:00", every: 1, zone: .named("Europe/Berlin"))
        machine.now = try .utc("2026-12-01T01:00Z")
        #expect(try machine.ticks() == [.occurrence(0)])

        // West: the day that was done comes again, and is not sent again.
        machine.zone = try .named("America/New_York")
        machine.now = try .utc("2026-12-01T07:00Z")
        #expect(try machine.ticks().isEmpty)
        #expect(try machine.plan().next?.at.utc == "2026-12-02T07:00Z")
        machine.now = try .utc("2026-12-02T07:00Z")
        #expect(try machine.ticks() == [.occurrence(1)])

        // East: the next local 02:00 comes sooner.
        machine.zone = try .named("Asia/Tokyo")
        #expect(try machine.plan().next?.at.utc == "2026-12-02T17:00Z")
        machine.now = try .utc("2026-12-02T17:00Z")
        #expect(try machine.ticks() == [.occurrence(2)])
    }

    @Test("T9: a set time that a move to the east leaves behind is sent once")
    func zoneChangeOverASetTime() throws {
        var machine = try Schedules(start: "2026-12-01T02:00", zone: .named("America/New_York"))
        machine.now = try .utc("2026-12-01T03:00Z")
        #expect(try machine.ticks().isEmpty)
        machine.zone = try .named("Europe/Berlin")
        #expect(try machine.ticks() == [.occurrence(0)])
        machine.zone = try .named("America/New_York")
        machine.advance(hours: 4)
        #expect(try machine.ticks().isEmpty)
    }
}
