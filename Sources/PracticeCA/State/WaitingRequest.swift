import FoundationEssentials

/// One line of `practice-ca pending`.
public struct WaitingRequest: Sendable, Equatable {
    /// What `practice-ca approve` takes.
    public let id: String
    public let transactionID: String
    public let subject: String
    public let requested: Date
}
