import FoundationEssentials
import Machine
import Synchronization

/// A wall clock that a test sets; a hook sees each look at it.
final class TestClock: WallClock {
    /// 2026-11-21 12:00 UTC
    static let start = Date(timeIntervalSince1970: 1_795_262_400)
    private let date = Mutex(TestClock.start)
    private let hook: @Sendable () -> Void

    init(hook: @escaping @Sendable () -> Void = {}) { self.hook = hook }

    func now() -> Date {
        hook()
        return date.withLock { $0 }
    }

    func advance(minutes: Double) { date.withLock { $0 += minutes * 60 } }
    func set(_ new: Date) { date.withLock { $0 = new } }
}
