import FoundationEssentials

/// One line of `practice-ca issued`.
public struct IssuedEntry: Sendable, Equatable {
    /// The serial number in upper-case hex.
    public let serialNumber: String
    public let subject: String
    public let transactionID: String
    public let issued: Date
}
