import PKI

/// The identifier that all messages of one enrolment carry (RFC 8894 §3.2.1.1): a PrintableString, compared exactly.
public struct TransactionID: Sendable, Hashable, CustomStringConvertible {
    /// Most characters that are taken from a peer.
    public static let maximumLength = 256

    public let text: String

    /// 40 upper-case hexadecimal digits from the request's public key: the same key finds the same transaction again.
    /// - Parameter attempt: a counter that keeps two transactions with one key apart (RFC 8894 appendix A).
    public init(publicKey: PublicKey, attempt: UInt32 = 0) {
        var input = publicKey.spki
        if attempt > 0 { input += (0..<4).map { UInt8(truncatingIfNeeded: attempt >> (24 - 8 * $0)) } }
        text = Hex.encode(Array(DigestAlgorithm.sha256.hash(input).prefix(20))).uppercased()
    }

    /// An identifier from a peer's message; nil when it is empty, too long or holds anything but visible ASCII.
    public init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f })
        else { return nil }
        self.text = text
    }

    public var description: String { text }
}

extension TransactionID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = TransactionID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a transaction ID")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
