import FoundationEssentials
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

    @Test("The system's zone gives whole minutes within a day")
    func systemZone() {
        let offset = Zone.system.offset(at: Date(timeIntervalSince1970: 1_795_270_000))
        #expect(offset % 60 == 0 && abs(offset) <= 14 * 3600)
    }
}
