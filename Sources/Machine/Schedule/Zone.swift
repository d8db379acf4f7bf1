import FoundationEssentials
import Glibc

/// How far a clock is from UTC at a point in time.
public struct Zone: Sendable {
    private let offsetAt: @Sendable (Date) -> Int

    /// A zone by its rule: seconds east of UTC at a point in time.
    public init(_ offsetAt: @escaping @Sendable (Date) -> Int) { self.offsetAt = offsetAt }

    /// Seconds east of UTC.
    public func offset(at date: Date) -> Int { offsetAt(date) }

    /// The time zone of the machine, with its daylight-saving rules (the C library's zone data).
    public static let system = Zone { date in
        // localtime_r need not look for a change (POSIX); tzset does, so that a new /etc/localtime is noticed.
        tzset()
        var time = time_t(Self.countable(date).rounded(.down))
        var local = tm()
        return localtime_r(&time, &local) == nil ? 0 : Int(local.tm_gmtoff)
    }

    /// Always the same distance from UTC.
    public static func fixed(seconds: Int) -> Zone { Zone { _ in seconds } }

    /// Seconds since 1970, with the far dates of a hostile certificate kept inside what Int can count: years 0 to 9999.
    static func countable(_ date: Date) -> Double {
        min(max(date.timeIntervalSince1970, -62_167_219_200), 253_402_214_400)
    }
}
