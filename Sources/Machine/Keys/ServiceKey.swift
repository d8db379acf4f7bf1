import HTTP
import PKI

/// A key that can serve TLS: browsers get a handshake with it.
public struct ServiceKey: Sendable {
    public let keyName: String
    /// What the handshake was tried with, ready to serve.
    public let identity: TLSIdentity
    /// Whether it is the self-signed key made at first start.
    public let isDefault: Bool
    /// Whether certificates of its issuers are not shown, because every handshake would fail with them.
    public let leavesIssuersOut: Bool

    /// The key's certificate first, then the CAs above it that are shown.
    public var chain: [Certificate] { identity.chain }
}
