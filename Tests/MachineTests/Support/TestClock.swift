import FoundationEssentials
import Machine
import Synchronization

/// A wall clock that a test sets; a hook sees each look at it.
final class TestClock: WallClock {
    /// 2026-11-21 12:00 UTC
    static let start = Date(timeIntervalSince1970: 1_795_262_400)

    private struct State {
        var date = TestClock.start
        var sleepers: [Int: Sleeper] = [:]
        var next = 0
    }

    private struct Sleeper {
        let until: Date
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let state = Mutex(State())
    private let hook: @Sendable () -> Void

    init(hook: @escaping @Sendable () -> Void = {}) { self.hook = hook }

    func now() -> Date {
        hook()
        return state.withLock { $0.date }
    }

    /// How many tasks sleep by this clock.
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// Returns when the clock has been advanced so far, or has been set.
    func sleep(seconds: Double) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Looked at under the lock: a cancellation before it is seen here, one after it finds the sleeper.
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.sleepers[number] = Sleeper(until: state.date + seconds, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation
                .resume(throwing: CancellationError())
        }
    }

    func advance(minutes: Double) {
        let awake = state.withLock { state in
            state.date += minutes * 60
            let awake = state.sleepers.filter { $0.value.until <= state.date }
            for number in awake.keys { state.sleepers[number] = nil }
            return Array(awake.values)
        }
        for sleeper in awake { sleeper.continuation.resume() }
    }

    /// Steps the clock, and wakes whoever sleeps by it.
    func set(_ new: Date) {
        let awake = state.withLock { state in
            state.date = new
            defer { state.sleepers = [:] }
            return Array(state.sleepers.values)
        }
        for sleeper in awake { sleeper.continuation.resume() }
    }
}
