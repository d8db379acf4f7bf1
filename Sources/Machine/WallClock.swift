import FoundationEssentials

/// The time of day, passed in so that tests and schedules decide what "now" is.
public protocol WallClock: Sendable {
    func now() -> Date
    /// Returns after so many seconds by this clock; throws `CancellationError` when the task is cancelled before.
    func sleep(seconds: Double) async throws
}

/// The clock of the system.
public struct SystemClock: WallClock {
    public init() {}
    public func now() -> Date { Date() }
    /// Sleeps in monotonic time: whoever waits for a time of day looks again before long, since it may be set.
    public func sleep(seconds: Double) async throws { try await Task.sleep(for: .seconds(max(0, seconds))) }
}
