import PKI
import SCEP

/// What a look-up found at the SCEP server: what an administrator compares before accepting it.
public struct AuthoritySummary: Sendable, Equatable {
    public let certificate: Certificate
    /// The other certificates of the reply: registration authorities, intermediate CAs.
    public let otherCertificates: [Certificate]
    /// The server's capability tokens, as it sent them.
    public let capabilities: [String]
    /// SHA-256 of the CA certificate.
    public var fingerprint: Fingerprint { Fingerprint(of: certificate) }
}
