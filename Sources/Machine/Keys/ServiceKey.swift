import PKI

/// A key with its certificate and chain, ready to serve.
public struct ServiceKey: Sendable {
    public let keyName: String
    /// The key's certificate first, then the CAs above it.
    public let chain: [Certificate]
    public let key: PrivateKey
    /// Whether it is the self-signed key made at first start.
    public let isDefault: Bool
}
