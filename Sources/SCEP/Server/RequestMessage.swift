import PKI

/// A client's pkiMessage as the server reads it: its signature checked with the certificate that it carries, its
/// content decrypted (RFC 8894 §3.1). Whether the requester may have what it asks for is the server's policy.
public struct RequestMessage: Sendable {
    public enum Content: Sendable, Hashable {
        /// Of PKCSReq and RenewalReq.
        case certificateRequest(CertificateRequest)
        /// Of CertPoll.
        case issuerAndSubject(IssuerAndSubject)
        /// Of GetCert and GetCRL: an IssuerAndSerialNumber in DER.
        case issuerAndSerialNumber([UInt8])
    }

    public let messageType: MessageType
    public let transactionID: TransactionID
    public let senderNonce: Nonce
    /// The certificate that signed the request; replies are encrypted to it.
    public let requester: Certificate
    public let content: Content
    /// The digest under the signature.
    public let digest: DigestAlgorithm
    /// The cipher of the content; nil when it is none that has a name here.
    public let cipher: ContentCipher?
    /// Which of the authority's certificates the request was encrypted to.
    public let recipient: Certificate

    /// Reads a request.
    /// - Parameters:
    ///   - recipients: the certificates and keys that may open it.
    ///   - allowsSingleDES: opens requests in single DES, which RFC 8894 forbids (§2.9).
    /// - Throws: ``SCEPError/Code/malformedRequest``, ``SCEPError/Code/badSignature``, ``SCEPError/Code/notRecipient``,
    ///   ``SCEPError/Code/decryptionFailed``, ``SCEPError/Code/singleDESRefused``.
    public init(
        ber: [UInt8], recipients: [(certificate: Certificate, key: PrivateKey)], allowsSingleDES: Bool = false
    ) throws(SCEPError) {
        try self.init(RequestHeader(ber: ber), recipients: recipients, allowsSingleDES: allowsSingleDES)
    }

    /// Opens a request whose header has been read.
    /// - Throws: As above, but for what the header was read for.
    public init(
        _ header: RequestHeader, recipients: [(certificate: Certificate, key: PrivateKey)],
        allowsSingleDES: Bool = false
    ) throws(SCEPError) {
        let envelope = try Envelope(header.body, invalid: .malformedRequest)
        let opened = try envelope.open(recipients, allowsSingleDES: allowsSingleDES)
        messageType = header.messageType
        transactionID = header.transactionID
        senderNonce = header.senderNonce
        requester = header.requester
        digest = header.digest
        cipher = envelope.cipher
        recipient = opened.recipient
        content = try Self.content(opened.content, of: header.messageType)
    }

    private static func content(_ bytes: [UInt8], of type: MessageType) throws(SCEPError) -> Content {
        do {
            switch type {
            case .pkcsReq, .renewalReq:
                let request = try CertificateRequest(der: bytes)
                try request.verifySignature()
                return .certificateRequest(request)
            case .certPoll: return .issuerAndSubject(try IssuerAndSubject(der: bytes))
            case .getCert, .getCRL: return .issuerAndSerialNumber(bytes)
            case .certRep: throw Self.malformed("a reply")
            }
        } catch let error as PKIError {
            throw malformed("content of \(type): \(error.reason)")
        } catch {
            throw malformed("content of \(type)")
        }
    }

    static func malformed(_ reason: String) -> SCEPError {
        SCEPError(.malformedRequest, "the request cannot be read: \(reason)")
    }
}
