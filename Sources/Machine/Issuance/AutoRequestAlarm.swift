import Synchronization

/// Wakes the loop of the automatic requests, and keeps its turns apart.
final class AutoRequestAlarm: Sendable {
    private struct State {
        var isRung = false
        var isTicking = false
        var sleep: Task<Void, any Error>?
    }

    private let state = Mutex(State())

    /// Ends the sleep that is under way, or the next one before it begins.
    func ring() {
        state.withLock { state in
            state.isRung = true
            state.sleep?.cancel()
        }
    }

    /// Sleeps by the clock until the time is over, the alarm rings, or the task is cancelled.
    func sleep(seconds: Double, clock: any WallClock) async {
        let task = state.withLock { state in
            if state.isRung { return nil as Task<Void, any Error>? }
            let task = Task { try await clock.sleep(seconds: seconds) }
            state.sleep = task
            return task
        }
        if let task {
            await withTaskCancellationHandler {
                _ = await task.result
            } onCancel: {
                task.cancel()
            }
        }
        state.withLock { state in
            state.isRung = false
            state.sleep = nil
        }
    }

    /// Whether a turn may begin: none is under way.
    func beginTick() -> Bool {
        state.withLock { state in
            if state.isTicking { return false }
            state.isTicking = true
            return true
        }
    }

    func endTick() { state.withLock { $0.isTicking = false } }
}
