import FoundationEssentials

/// What the portal shows of the machine (P1): true values only.
public struct MachineStatus: Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        case ready
        case issuanceRunning
        case restartPending
    }

    public let state: State
    public let errors: [ErrorInformation]
    public let startedAt: Date
    public let addresses: [NetworkAddress]
    /// The key that serves TLS in this process, with its certificate.
    public let tlsKey: KeyEntry?
    /// What waits for a restart; empty if nothing does.
    public let pendingRestart: [RestartReason]
    /// The newest entry of the history.
    public let lastRequest: HistoryEntry?
    /// What the timer has before it, and what it has under way.
    public let autoRequest: AutoRequestState
}
