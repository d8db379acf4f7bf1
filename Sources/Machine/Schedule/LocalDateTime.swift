import FoundationEssentials

/// A date and time, to the minute, as the machine's clock shows it. Which point in time that is, the zone decides.
public struct LocalDateTime: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    public let date: CivilDate
    /// 0 to 23.
    public let hour: Int
    /// 0 to 59.
    public let minute: Int

    public var year: Int { date.year }
    public var month: Int { date.month }
    public var day: Int { date.day }

    /// The years that a form or a store may name.
    public static let years = 2000...2099

    /// Nil for a date or time that no calendar and no clock shows, and outside ``years``.
    public init?(year: Int, month: Int, day: Int, hour: Int, minute: Int) {
        guard Self.years.contains(year), let date = CivilDate(year: year, month: month, day: day),
            (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        self.init(date, hour: hour, minute: minute)
    }

    /// Reads `2026-12-01T02:00`, the value of an HTML `datetime-local` field; a space may stand for the T, and seconds
    /// may follow, which are dropped.
    public init?(text: String) {
        let bytes = [UInt8](text.utf8)
        guard bytes.count == 16 || bytes.count == 19 else { return nil }
        var numbers: [Int] = []
        var number = 0
        for (place, byte) in bytes.enumerated() {
            switch (place, byte) {
            case (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")), (10, UInt8(ascii: "T")), (10, UInt8(ascii: " ")),
                (13, UInt8(ascii: ":")), (16, UInt8(ascii: ":")):
                numbers.append(number)
                number = 0
            case (4, _), (7, _), (10, _), (13, _), (16, _): return nil
            case (_, UInt8(ascii: "0")...UInt8(ascii: "9")): number = number * 10 + Int(byte - UInt8(ascii: "0"))
            default: return nil
            }
        }
        numbers.append(number)
        if numbers.count == 6, !(0...59).contains(numbers[5]) { return nil }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4])
    }

    /// What the clock of the zone shows at a point in time; seconds are dropped.
    public init(_ date: Date, zone: Zone) {
        let countable = Zone.countable(date)
        let offset = zone.offset(at: Date(timeIntervalSince1970: countable))
        self.init(localSeconds: Int(countable.rounded(.down)) + offset)
    }

    private init(localSeconds: Int) {
        let days = CivilDate.floorDivide(localSeconds, 86_400)
        let second = localSeconds - days * 86_400
        self.init(CivilDate(daysSince1970: days), hour: second / 3600, minute: second / 60 % 60)
    }

    private init(_ date: CivilDate, hour: Int, minute: Int) {
        self.date = date
        self.hour = hour
        self.minute = minute
    }

    /// The same time of day that many days later (or earlier); may leave ``years``.
    public func adding(days: Int) -> LocalDateTime { LocalDateTime(localSeconds: localSeconds + days * 86_400) }

    /// The point in time, by RFC 5545 §3.3.5: a local time that the clock shows twice is the first of the two, and one
    /// that the clock leaps over is taken with the offset before the leap (02:30 becomes 03:30).
    public func date(in zone: Zone) -> Date {
        let seconds = localSeconds
        // No place is further than 14 hours from UTC: a day to either side lies safely before and after the moment.
        let before = zone.offset(at: Date(timeIntervalSince1970: Double(seconds - 86_400)))
        let after = zone.offset(at: Date(timeIntervalSince1970: Double(seconds + 86_400)))
        for offset in [before, after] {
            let candidate = Date(timeIntervalSince1970: Double(seconds - offset))
            // When both fit, the time exists twice, and the offset before the change gives the first.
            if zone.offset(at: candidate) == offset { return candidate }
        }
        return Date(timeIntervalSince1970: Double(seconds - before))
    }

    /// The value of an HTML `datetime-local` field, as `2026-12-01T02:00`.
    public var text: String {
        "\(date.text)T\(CivilDate.padded(hour, 2)):\(CivilDate.padded(minute, 2))"
    }

    public var description: String { text }

    public static func < (one: LocalDateTime, other: LocalDateTime) -> Bool { one.localSeconds < other.localSeconds }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = LocalDateTime(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date and time")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// Seconds since 1970-01-01 00:00 by the local clock, as if it had never been changed.
    private var localSeconds: Int { date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 }
}
