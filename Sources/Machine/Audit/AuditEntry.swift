import FoundationEssentials

/// One line of the audit log.
public struct AuditEntry: Equatable, Sendable {
    /// Counts up from 1 without a gap.
    public let sequence: Int
    public let date: Date
    public let name: String
    public let role: Administrator.Role
    public let remoteAddress: String
    public let operation: AuditOperation
    /// What it was done to, such as a key name; may be empty.
    public let target: String
    public let result: AuditResult
    /// More, such as the reason of a refusal; never a secret; may be empty.
    public let detail: String
    /// SHA-256 over the previous entry's hash and this entry's values.
    public let hash: [UInt8]
}
