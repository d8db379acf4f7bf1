/// How strict a reply is read. The defaults are those of RFC 8894.
public struct ReplyPolicy: Sendable, Hashable {
    /// Opens replies in single DES, which the RFC forbids (§2.9) and some servers still send.
    public var allowsSingleDES = false
    /// Takes a reply without recipientNonce; its transaction ID and signer are checked all the same.
    public var allowsMissingRecipientNonce = false
    /// How far in the future, in seconds, the issued certificate's validity may begin: clocks differ.
    public var clockTolerance = 900.0

    public init() {}
}
