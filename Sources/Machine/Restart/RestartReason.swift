/// What waits for a restart (P3): a key with its new certificate takes its place in service.
public struct RestartReason: Hashable, Sendable {
    /// A key that goes for the new one (T6).
    public struct OldKey: Hashable, Sendable {
        public let name: String
        /// Whether an administrator requested it; otherwise the timer did.
        public let isManual: Bool

        public init(name: String, isManual: Bool) {
            self.name = name
            self.isManual = isManual
        }
    }

    public let keyName: String
    public let use: KeyUse
    /// The [Key Name] of the settings, which the key gets at the restart; nil if it keeps its own.
    public let newName: String?
    /// What is deleted at the restart.
    public let oldKeys: [OldKey]

    /// Why the key cannot serve TLS; then the present key goes on serving.
    public let tlsProblem: TLSProblem?

    public init(
        keyName: String, use: KeyUse, newName: String? = nil, oldKeys: [OldKey] = [], tlsProblem: TLSProblem? = nil
    ) {
        self.keyName = keyName
        self.use = use
        self.newName = newName
        self.oldKeys = oldKeys
        self.tlsProblem = tlsProblem
    }
}
