import FoundationEssentials
import Machine

/// A clock that shows the system's time at its anchor and runs at a constant rate from there on: two processes with the
/// same anchor and rate agree.
struct FastClock: WallClock {
    let anchor: Date
    /// Seconds on this clock in one real second; above 0.
    let rate: Double

    func now() -> Date { anchor + Date().timeIntervalSince(anchor) * rate }

    /// - Parameter seconds: on this clock.
    func sleep(seconds: Double) async throws { try await Task.sleep(for: .seconds(max(seconds, 0) / rate)) }
}
