import FoundationEssentials
import PKI

/// One row of [Registered Key and Certificate] (K1).
public struct KeyEntry: Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// It serves its use.
        case inUse
        /// It has its place with a function that is switched off, and serves nothing (I6).
        case assigned
        /// It takes its place at the next restart.
        case restartPending
        /// Its certificate has been requested and has not come yet.
        case waitingForCertificate
        /// The private key or the certificate cannot be read, or they do not belong together.
        case corrupted
        /// Nothing uses it.
        case idle
    }

    public let name: String
    public let use: KeyUse
    public let state: State
    /// The key made at first start, which can never be deleted.
    public let isDefault: Bool
    /// Absent while the certificate is awaited or cannot be read.
    public let certificate: Certificate?
    /// The CA certificates that came with it.
    public let chain: [Certificate]
    public let createdAt: Date
    /// Why a key for TLS does not serve, or will not after the restart, or why not every browser takes it; nil for one that
    /// has no problem, or whose use is another.
    public let tlsProblem: TLSProblem?

    public var subject: Name? { certificate?.subject }
    public var issuer: Name? { certificate?.issuer }
    public var notAfter: Date? { certificate?.notAfter }
}
