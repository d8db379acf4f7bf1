import Dispatch
import Synchronization

/// Something that happens in the middle of something else, once.
final class Hook: Sendable {
    private let action = Mutex<(@Sendable () -> Void)?>(nil)

    /// What the next call does.
    func next(_ action: @escaping @Sendable () -> Void) { self.action.withLock { $0 = action } }

    func call() {
        let action = action.withLock { action in
            defer { action = nil }
            return action
        }
        action?()
    }

    /// Returns when `body` is done.
    static func wait(for body: @escaping @Sendable () async throws -> Void) {
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            try? await body()
            done.signal()
        }
        _ = done.wait(timeout: .now() + 10)
    }
}
