import PKI

/// A senderNonce or recipientNonce (RFC 8894 §3.2.1.5). Ours have 16 octets, a peer's may have any number.
public struct Nonce: Sendable, Hashable {
    public static let length = 16

    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// A fresh nonce.
    public init(random: any RandomSource) throws(PKIError) {
        bytes = try random.bytes(Self.length)
    }
}

extension Nonce: Codable {
    public init(from decoder: any Decoder) throws { bytes = try Base64Bytes(from: decoder).bytes }
    public func encode(to encoder: any Encoder) throws { try Base64Bytes(bytes).encode(to: encoder) }
}
