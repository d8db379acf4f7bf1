import Synchronization

/// Counts what has begun and lets one task wait until all of it has ended. Waiting goes on when the task is
/// cancelled.
final class Latch: Sendable {
    private struct State {
        var count = 0
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Something begins.
    func enter() {
        state.withLock { $0.count += 1 }
    }

    /// Something ended; may come before its `enter`.
    func leave() {
        let waiting = state.withLock { state in
            state.count -= 1
            return state.count == 0 ? state.waiting.take() : nil
        }
        waiting?.resume()
    }

    /// Waits until the count is zero.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.count != 0 else {
                    return true
                }
                state.waiting = continuation
                return false
            }
            if isOver {
                continuation.resume()
            }
        }
    }
}
