import PKI

/// Why a key cannot serve TLS, or serves it to some clients only, although it can be read and belongs to its certificate.
public enum TLSProblem: String, Hashable, Sendable, CaseIterable {
    /// The certificate restricts its key to uses without digital signature. Every handshake of TLS 1.3, and of 1.2 with
    /// forward secrecy, is signed: browsers break the connection off.
    case keyUsage
    /// The certificate is for other purposes than server authentication: browsers that know its CA refuse it. Those that
    /// do not know it warn as ever and go on, and many SCEP servers issue nothing else: it serves, with a warning.
    case extendedKeyUsage
    /// A handshake was tried and failed: OpenSSL refuses the certificate, which is signed with SHA-1 or has a short key.
    case handshake

    /// Whether the key is kept from serving.
    public var preventsService: Bool { self != .extendedKeyUsage }
}

extension TLSProblem {
    private static let serverAuthentication = "1.3.6.1.5.5.7.3.1"
    private static let anyPurpose = "2.5.29.37.0"

    /// What the certificate itself says against it (RFC 5280 §4.2.1.3 and §4.2.1.12); nil if nothing.
    init?(_ certificate: Certificate) {
        let purposes = certificate.extendedKeyUsages
        if let usage = certificate.keyUsage, !usage.contains(.digitalSignature) {
            self = .keyUsage
        } else if !purposes.isEmpty, !purposes.contains(Self.serverAuthentication), !purposes.contains(Self.anyPurpose)
        {
            self = .extendedKeyUsage
        } else {
            return nil
        }
    }
}
