import FoundationEssentials

/// The time of day, passed in so that tests and schedules decide what "now" is.
public protocol WallClock: Sendable {
    func now() -> Date
}

/// The clock of the system.
public struct SystemClock: WallClock {
    public init() {}
    public func now() -> Date { Date() }
}
