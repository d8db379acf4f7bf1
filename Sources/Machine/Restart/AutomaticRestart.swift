import FoundationEssentials

/// What this process knows of the restart that it makes by itself; whether one is due stands in the store (T5).
struct AutomaticRestart: Sendable {
    /// Seconds until a restart action that failed is asked again.
    static let retryInterval = 60.0

    /// The imports and exports that run.
    private(set) var batchOperations = 0
    /// The restart action is being asked, or has been and did not fail: the process is about to end.
    private(set) var isAsked = false
    /// When the restart action failed last.
    private(set) var failedAt: Date?

    /// Takes the restart in hand, if the time given back is `now`. Later: the restart action failed shortly before. Nil:
    /// it is asked already, or something is not to be cut off. Tells too whether it has not failed before.
    mutating func ask(at now: Date) -> (next: Date?, isFirst: Bool) {
        if isAsked || batchOperations > 0 { return (nil, false) }
        // A failure that lies ahead was noted before the clock was set back.
        let next = failedAt.map { $0 <= now ? max(now, $0 + Self.retryInterval) : now } ?? now
        isAsked = next == now
        return (next, failedAt == nil)
    }

    /// The machine restarts: by itself, or because an administrator says so.
    mutating func succeed() { (isAsked, failedAt) = (true, nil) }

    mutating func fail(at now: Date) { (isAsked, failedAt) = (false, now) }

    /// False when the restart is on its way: what begins now would be cut off.
    mutating func beginBatchOperation() -> Bool {
        if isAsked { return false }
        batchOperations += 1
        return true
    }

    /// Whether that was the last one.
    mutating func endBatchOperation() -> Bool {
        batchOperations = max(0, batchOperations - 1)
        return batchOperations == 0
    }
}
