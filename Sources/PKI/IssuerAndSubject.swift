/// What a CertPoll asks for (RFC 8894 §3.3.3): the name of the CA that will issue, then the subject of the request.
public struct IssuerAndSubject: Sendable, Hashable {
    public let issuer: Name
    public let subject: Name

    public init(issuer: Name, subject: Name) {
        self.issuer = issuer
        self.subject = subject
    }

    /// - Throws: `malformed`, `tooLarge`.
    public init(der: [UInt8]) throws(PKIError) {
        guard der.count <= PKIError.inputLimit else { throw PKIError(.tooLarge, "issuer and subject") }
        var outer = DERCursor(der)
        var inner = try outer.enter(0x30)
        issuer = try Name(der: Array(inner.next().whole))
        subject = try Name(der: Array(inner.next().whole))
        guard inner.isAtEnd, outer.isAtEnd else {
            throw PKIError(.malformed, "issuer and subject: bytes after the end")
        }
    }

    public var der: [UInt8] { DER.sequence(issuer.der, subject.der) }
}
