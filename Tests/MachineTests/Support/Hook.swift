import Synchronization
import Testing

/// Something that happens in the middle of something else, once. It may not wait for a task: that could need the very
/// thread on which it is called.
final class Hook: Sendable {
    private let action = Mutex<(@Sendable () throws -> Void)?>(nil)

    /// What the next call does.
    func next(_ action: @escaping @Sendable () throws -> Void) { self.action.withLock { $0 = action } }

    func call() {
        let action = action.withLock { action in
            defer { action = nil }
            return action
        }
        #expect(throws: Never.self) { try action?() }
    }
}
