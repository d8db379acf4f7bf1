import PKI

/// How a request is sent: settled before its first byte leaves, because a one-time challenge password allows
/// no second try with other algorithms.
public struct AlgorithmChoice: Sendable, Hashable, Codable {
    /// How the pkiMessage travels.
    public enum Method: String, Sendable, Codable, CaseIterable {
        case get = "GET"
        case post = "POST"
    }

    /// Content encryption of the request.
    public let cipher: ContentCipher
    /// Digest under the message's signature; the PKCS#10 inside has its own.
    public let digest: DigestAlgorithm
    public let method: Method

    public init(cipher: ContentCipher, digest: DigestAlgorithm, method: Method) {
        self.cipher = cipher
        self.digest = digest
        self.method = method
    }
}

extension AlgorithmChoice: CustomStringConvertible {
    /// Such as `POST, AES-128-CBC, SHA-256`.
    public var description: String { "\(method.rawValue), \(cipher), \(digest)" }
}
