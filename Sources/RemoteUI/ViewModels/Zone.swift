import FoundationEssentials
import Glibc

/// How far a clock is from UTC at a point in time.
public struct Zone: Sendable {
    private let offsetAt: @Sendable (Date) -> Int

    /// Seconds east of UTC.
    public func offset(at date: Date) -> Int { offsetAt(date) }

    /// The time zone of the machine, with its daylight-saving rules (the C library's zone data).
    public static let system = Zone { date in
        var time = time_t(date.timeIntervalSince1970)
        var local = tm()
        return localtime_r(&time, &local) == nil ? 0 : Int(local.tm_gmtoff)
    }

    /// Always the same distance from UTC.
    public static func fixed(seconds: Int) -> Zone { Zone { _ in seconds } }
}
