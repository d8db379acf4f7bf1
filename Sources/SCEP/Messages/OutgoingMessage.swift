/// A signed and encrypted pkiMessage on its way to the server.
public struct OutgoingMessage: Sendable, Hashable {
    public let type: MessageType
    /// What the reply's recipientNonce has to be.
    public let senderNonce: Nonce
    /// How it travels.
    public let method: AlgorithmChoice.Method
    /// The DER encoding. A resend sends exactly these bytes.
    public let bytes: [UInt8]
}

extension OutgoingMessage: Codable {
    private enum CodingKeys: String, CodingKey { case type, senderNonce, method, bytes }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        type = try container.decode(MessageType.self, forKey: .type)
        senderNonce = try container.decode(Nonce.self, forKey: .senderNonce)
        method = try container.decode(AlgorithmChoice.Method.self, forKey: .method)
        bytes = try container.decode(Base64Bytes.self, forKey: .bytes).bytes
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(senderNonce, forKey: .senderNonce)
        try container.encode(method, forKey: .method)
        try container.encode(Base64Bytes(bytes), forKey: .bytes)
    }
}
