/// What waits for a restart (P3).
public enum RestartReason: Hashable, Sendable {
    /// A key with its new certificate takes its place in service.
    case key(name: String, use: KeyUse)
}
