import Foundation
import Testing

@testable import Machine

@Suite("Local times of the schedule") struct ScheduleLocalTimeTests {
    @Test(
        "T1: a local time that does not exist is taken with the offset before the gap, one that exists twice is the first",
        arguments: [
            // Europe/Berlin: 29 March 02:00 → 03:00 at 01:00Z, 25 October 03:00 → 02:00 at 01:00Z
            ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59Z"),
            ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00Z"),
            ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30Z"),
            ("Europe/Berlin", "2026-03-29T02:59", "2026-03-29T01:59Z"),
            ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00Z"),
            ("Europe/Berlin", "2026-10-25T01:59", "2026-10-24T23:59Z"),
            ("Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00Z"),
            ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30Z"),
            ("Europe/Berlin", "2026-10-25T02:59", "2026-10-25T00:59Z"),
            ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00Z"),
            // America/New_York: 8 March 02:00 → 03:00 at 07:00Z, 1 November 02:00 → 01:00 at 06:00Z
            ("America/New_York", "2026-03-08T01:59", "2026-03-08T06:59Z"),
            ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30Z"),
            ("America/New_York", "2026-03-08T03:00", "2026-03-08T07:00Z"),
            ("America/New_York", "2026-11-01T00:59", "2026-11-01T04:59Z"),
            ("America/New_York", "2026-11-01T01:00", "2026-11-01T05:00Z"),
            ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z"),
            ("America/New_York", "2026-11-01T02:00", "2026-11-01T07:00Z"),
            // Australia/Lord_Howe, by half an hour: 5 April 02:00 → 01:30 at 15:00Z, 4 October 02:00 → 02:30 at 15:30Z
            ("Australia/Lord_Howe", "2026-04-05T01:29", "2026-04-04T14:29Z"),
            ("Australia/Lord_Howe", "2026-04-05T01:30", "2026-04-04T14:30Z"),
            ("Australia/Lord_Howe", "2026-04-05T01:59", "2026-04-04T14:59Z"),
            ("Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30Z"),
            ("Australia/Lord_Howe", "2026-10-04T01:59", "2026-10-03T15:29Z"),
            ("Australia/Lord_Howe", "2026-10-04T02:00", "2026-10-03T15:30Z"),
            ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45Z"),
            ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30Z"),
            // Pacific/Apia left out the whole of 30 December 2011.
            ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59Z"),
            ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00Z"),
            ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00Z"),
            ("Asia/Kathmandu", "2026-06-01T00:00", "2026-05-31T18:15Z"),
        ])
    func gapsAndOverlaps(zone: String, local: String, expected: String) throws {
        let time = try #require(LocalDateTime(text: local))
        #expect(time.date(in: try .named(zone)).utc == expected)
    }

    @Test(
        "T1: every minute of four years goes to a local time and back, but for the hour that the clock shows twice",
        arguments: [
            ("Europe/Berlin", 60.0, 4), ("America/New_York", 60, 4), ("Australia/Lord_Howe", 30, 4),
            ("Asia/Tokyo", 0, 0), ("Pacific/Kiritimati", 0, 0), ("Pacific/Niue", 0, 0),
        ])
    func roundTrip(zone identifier: String, overlap: Double, times: Int) throws {
        let zone = try Zone.named(identifier)
        let start = try Date.utc("2026-01-01T00:00Z")
        var second = 0
        for step in 0..<(4 * 365 * 24 * 4) {
            let date = start + Double(step) * 900
            let back = LocalDateTime(date, zone: zone).date(in: zone)
            if back != date {
                #expect(date.timeIntervalSince(back) == overlap * 60, "\(identifier) \(date.utc)")
                second += 1
            }
        }
        #expect(second == times * Int(overlap) / 15)
    }

    @Test(
        "T1: a start is read as a browser sends it",
        arguments: [
            ("2026-12-01T02:00", "2026-12-01T02:00"), ("2026-12-01 02:00", "2026-12-01T02:00"),
            ("2026-12-01T02:00:59", "2026-12-01T02:00"), ("2028-02-29T23:59", "2028-02-29T23:59"),
            ("2000-01-01T00:00", "2000-01-01T00:00"), ("2099-12-31T23:59", "2099-12-31T23:59"),
        ])
    func reading(text: String, expected: String) throws {
        let value = try #require(LocalDateTime(text: text))
        #expect(value.text == expected && value.description == expected)
        let stored = try StoredJSON.decode(LocalDateTime.self, StoredJSON.encode(value))
        #expect(stored == value)
    }

    @Test(
        "T1: what is no date and time is not read, and not from the store either",
        arguments: [
            "", "2026-02-30T02:00", "2026-02-29T02:00", "2100-02-29T02:00", "2026-04-31T02:00", "2026-13-01T02:00",
            "2026-00-01T02:00", "2026-01-00T02:00", "2026-12-01T25:00", "2026-12-01T24:00", "2026-12-01T23:60",
            "2026-12-01T23:59:60", "1999-12-31T23:59", "2100-01-01T00:00", "2026-12-01", "2026-12-01T02:00Z",
            "2026-12-1T02:000", "+026-12-01T02:00", "2026/12/01T02:00", "2026-12-01t02:00", "２０２６-12-01T02:00",
            "2026-12-01T02:00:", "2026-12-01T02:00:5", "2026-12-01T02:00 59", "2026-12-01T02-00", "20261201T0200000",
        ])
    func unreadable(text: String) throws {
        #expect(LocalDateTime(text: text) == nil)
        #expect(throws: MachineError.self) { try StoredJSON.decode(LocalDateTime.self, StoredJSON.encode(text)) }
    }

    @Test("T4: days are added on the calendar, over leap days, month ends and the end of the range")
    func adding() throws {
        for (start, days, expected) in [
            ("2028-02-29T02:30", 365, "2029-02-28T02:30"), ("2028-02-29T02:30", 1461, "2032-02-29T02:30"),
            ("2028-02-28T02:30", 1, "2028-02-29T02:30"), ("2027-02-28T02:30", 1, "2027-03-01T02:30"),
            ("2026-12-31T23:59", 1, "2027-01-01T23:59"), ("2028-03-01T00:00", -1, "2028-02-29T00:00"),
            ("2099-12-31T00:00", 60, "2100-03-01T00:00"), ("2026-12-01T02:00", 0, "2026-12-01T02:00"),
        ] {
            #expect(try #require(LocalDateTime(text: start)).adding(days: days).text == expected)
        }
    }

    @Test("T1: the civil dates of 800 years follow one another and agree with their day numbers")
    func civilDates() throws {
        var expected = try #require(CivilDate(year: 1600, month: 1, day: 1))
        #expect(CivilDate(year: 1970, month: 1, day: 1)?.daysSince1970 == 0)
        for days in expected.daysSince1970..<(expected.daysSince1970 + 2 * 146_097) {
            let date = CivilDate(daysSince1970: days)
            guard date == expected, date.daysSince1970 == days else {
                Issue.record("day \(days) is \(date.text), not \(expected.text)")
                return
            }
            expected =
                CivilDate(year: date.year, month: date.month, day: date.day + 1)
                ?? CivilDate(year: date.year, month: date.month + 1, day: 1)
                ?? CivilDate(year: date.year + 1, month: 1, day: 1) ?? date
        }
        #expect(expected.text == "2400-01-01")
    }

    @Test("T1: a far date stays within what can be counted")
    func farDates() {
        for (date, year) in [(Date.distantPast, 0), (Date(timeIntervalSince1970: -1e30), 0), (.distantFuture, 4001)] {
            #expect(LocalDateTime(date, zone: .fixed(seconds: 0)).year == year)
        }
        #expect(LocalDateTime(Date(timeIntervalSince1970: 1e30), zone: .system).year >= 9999)
    }

    @Test("T9: the system's zone is the one of the C library")
    func systemZone() throws {
        for text in ["2026-01-15T12:00Z", "2026-07-15T12:00Z", "1969-12-31T23:59Z"] {
            let date = try Date.utc(text)
            #expect(Zone.system.offset(at: date) == TimeZone.current.secondsFromGMT(for: date))
        }
    }
}
