import FoundationEssentials

/// Shows points in time on the machine's own clock, as `2026-11-21 14:05`.
public struct LocalTime: Sendable {
    /// Where the clock's offset from UTC comes from.
    public let zone: Zone

    public init(zone: Zone) { self.zone = zone }

    /// Date and time to the minute, in the same form for every language.
    public func text(_ date: Date) -> String {
        let parts = parts(of: date)
        return "\(parts.day) \(parts.minute)"
    }

    /// Date and time to the second, for a line that says when a page was made.
    public func textWithSeconds(_ date: Date) -> String {
        let parts = parts(of: date)
        return "\(parts.day) \(parts.minute):\(parts.second)"
    }

    /// The value of `<time datetime>`: local date and time with the offset (HTML 2.3.5.7).
    public func machineReadable(_ date: Date) -> String {
        let parts = parts(of: date)
        let offset = zone.offset(at: date) / 60
        let sign = offset < 0 ? "-" : "+"
        let hours = Self.padded(abs(offset) / 60, 2)
        return "\(parts.day)T\(parts.minute):\(parts.second)\(sign)\(hours):\(Self.padded(abs(offset) % 60, 2))"
    }

    /// The names that a template prints a time from.
    static let shape: TemplateShape = ["iso": .text, "local": .text]

    /// The value for the partial `time`.
    func value(_ date: Date) -> TemplateValue {
        ["iso": .text(machineReadable(date)), "local": .text(text(date))]
    }

    private func parts(of date: Date) -> (day: String, minute: String, second: String) {
        // Far dates of a hostile certificate stay inside what Int can count: years 0 to 9999.
        let bounded = min(max(date.timeIntervalSince1970, -62_167_219_200), 253_402_214_400)
        let seconds = Int(bounded.rounded(.down)) + zone.offset(at: Date(timeIntervalSince1970: bounded))
        let days = Self.floorDivide(seconds, 86_400)
        let second = seconds - days * 86_400
        let civil = Self.civil(days)
        return (
            "\(Self.padded(civil.year, 4))-\(Self.padded(civil.month, 2))-\(Self.padded(civil.day, 2))",
            "\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2))",
            Self.padded(second % 60, 2)
        )
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01: whole 400-year cycles, then centuries, four-year
    /// cycles and years that begin on 1 March, so that a leap day is the last of its year.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let cycle = floorDivide(shifted, 146_097)
        let dayOfCycle = shifted - cycle * 146_097
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int, _ by: Int) -> Int {
        value >= 0 ? value / by : -((-value + by - 1) / by)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
