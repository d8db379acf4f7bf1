import FoundationEssentials
import Machine

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

    /// How far the clock is from UTC at a time, as `UTC+09:00`.
    public func offset(at date: Date) -> String { "UTC\(offsetText(date))" }

    /// The value of `<time datetime>`: local date and time with the offset (HTML 2.3.5.7).
    public func machineReadable(_ date: Date) -> String {
        let parts = parts(of: date)
        return "\(parts.day)T\(parts.minute):\(parts.second)\(offsetText(date))"
    }

    private func offsetText(_ date: Date) -> String {
        let minutes = zone.offset(at: date) / 60
        let sign = minutes < 0 ? "-" : "+"
        return "\(sign)\(CivilDate.padded(abs(minutes) / 60, 2)):\(CivilDate.padded(abs(minutes) % 60, 2))"
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
        let days = CivilDate.floorDivide(seconds, 86_400)
        let second = seconds - days * 86_400
        return (
            CivilDate(daysSince1970: days).text,
            "\(CivilDate.padded(second / 3600, 2)):\(CivilDate.padded(second / 60 % 60, 2))",
            CivilDate.padded(second % 60, 2)
        )
    }
}
