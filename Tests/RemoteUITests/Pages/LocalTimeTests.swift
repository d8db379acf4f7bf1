import Foundation
import Machine
import Testing

@testable import RemoteUI

@Suite struct LocalTimeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let seconds: Double
        let offset: Int
        let text: String
        let iso: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "the epoch in UTC", seconds: 0, offset: 0, text: "1970-01-01 00:00", iso: "1970-01-01T00:00:00+00:00"),
        Case(
            name: "the next day in Tokyo", seconds: 1_795_270_000, offset: 32_400, text: "2026-11-21 23:06",
            iso: "2026-11-21T23:06:40+09:00"),
        Case(
            name: "west of Greenwich by half hours", seconds: 1_795_270_000, offset: -12_600, text: "2026-11-21 10:36",
            iso: "2026-11-21T10:36:40-03:30"),
        Case(
            name: "a leap day", seconds: 951_782_400, offset: 0, text: "2000-02-29 00:00",
            iso: "2000-02-29T00:00:00+00:00"),
        Case(
            name: "before the epoch", seconds: -1, offset: 0, text: "1969-12-31 23:59", iso: "1969-12-31T23:59:59+00:00"
        ),
        Case(
            name: "no leap day in 2100", seconds: 4_107_542_400, offset: 0, text: "2100-03-01 00:00",
            iso: "2100-03-01T00:00:00+00:00"),
        Case(
            name: "a certificate without end", seconds: 253_402_300_799, offset: 0, text: "9999-12-31 00:00",
            iso: "9999-12-31T00:00:00+00:00"),
        Case(
            name: "a date beyond all bounds", seconds: 1e300, offset: 0, text: "9999-12-31 00:00",
            iso: "9999-12-31T00:00:00+00:00"),
        Case(
            name: "a date before all bounds", seconds: -1e300, offset: 0, text: "0000-01-01 00:00",
            iso: "0000-01-01T00:00:00+00:00"),
    ]

    @Test("A date is shown by the machine's clock, with its offset for programs", arguments: cases)
    func dates(_ example: Case) {
        let times = LocalTime(zone: .fixed(seconds: example.offset))
        let date = Date(timeIntervalSince1970: example.seconds)
        #expect(times.text(date) == example.text)
        #expect(times.machineReadable(date) == example.iso)
    }

    @Test(
        "A zone is shown by its distance from UTC at the time",
        arguments: [
            (0, "UTC+00:00"), (32_400, "UTC+09:00"), (-12_600, "UTC-03:30"), (-1800, "UTC-00:30"),
            (20_700, "UTC+05:45"),
        ])
    func offsets(_ seconds: Int, _ shown: String) {
        let times = LocalTime(zone: .fixed(seconds: seconds))
        #expect(times.offset(at: Date(timeIntervalSince1970: 1_795_270_000)) == shown)
    }

    @Test(
        "Lord Howe's clocks go forward and back by half an hour, and each time is shown with its own distance",
        arguments: [
            // 2026-10-04 02:00 is left out up to 02:30; 2027-04-04 01:30 to 02:00 comes twice.
            (1_791_041_340.0, "2026-10-04 01:59", "2026-10-04T01:59:00+10:30"),
            (1_791_041_400.0, "2026-10-04 02:30", "2026-10-04T02:30:00+11:00"),
            (1_806_763_500.0, "2027-04-04 01:45", "2027-04-04T01:45:00+11:00"),
            (1_806_765_300.0, "2027-04-04 01:45", "2027-04-04T01:45:00+10:30"),
        ])
    func lordHowe(_ seconds: Double, _ shown: String, _ iso: String) throws {
        let zone = try #require(TimeZone(identifier: "Australia/Lord_Howe"))
        let times = LocalTime(zone: Zone { zone.secondsFromGMT(for: $0) })
        let date = Date(timeIntervalSince1970: seconds)
        #expect(times.text(date) == shown)
        #expect(times.machineReadable(date) == iso)
        #expect(times.offset(at: date) == "UTC\(iso.suffix(6))")
    }

    @Test("The system's zone gives whole minutes within a day")
    func systemZone() {
        let offset = Zone.system.offset(at: Date(timeIntervalSince1970: 1_795_270_000))
        #expect(offset % 60 == 0 && abs(offset) <= 14 * 3600)
    }
}
