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
        let signedData: SignedData
        do {
            signedData = try SignedData(ber: ber)
        } catch {
            throw Self.malformed("no SignedData: \(error.reason)")
        }
        guard signedData.signerCount == 1 else { throw Self.malformed("\(signedData.signerCount) signatures") }
        guard let digest = signedData.digest else { throw Self.malformed("a digest that is not allowed") }
        guard let requester = signedData.signerCertificate(among: signedData.certificates) else {
            throw Self.malformed("the requester's certificate is missing")
        }
        do {
            try signedData.verify(signer: requester)
        } catch {
            throw SCEPError(.badSignature, "the request's signature is wrong: \(error.reason)")
        }
        let header: Header
        do {
            header = try Header(MessageAttributes(signedData: signedData))
        } catch let error as SCEPError {
            throw error
        } catch {
            throw Self.malformed("attributes: \(error)")
        }
        guard let body = signedData.content else { throw Self.malformed("no content") }
        let envelope = try Envelope(body, invalid: .malformedRequest)
        let opened = try envelope.open(recipients, allowsSingleDES: allowsSingleDES)
        messageType = header.type
        transactionID = header.transactionID
        senderNonce = header.senderNonce
        self.requester = requester
        self.digest = digest
        cipher = envelope.cipher
        recipient = opened.recipient
        content = try Self.content(opened.content, of: header.type)
    }

    private struct Header {
        let type: MessageType
        let transactionID: TransactionID
        let senderNonce: Nonce

        init(_ attributes: MessageAttributes) throws {
            guard let type = try attributes.text(AttributeOID.messageType).flatMap(MessageType.init(text:)),
                type != .certRep
            else { throw RequestMessage.malformed("no messageType of a request") }
            guard let id = try attributes.text(AttributeOID.transactionID).flatMap(TransactionID.init) else {
                throw RequestMessage.malformed("no usable transaction ID")
            }
            guard let nonce = try attributes.octets(AttributeOID.senderNonce) else {
                throw RequestMessage.malformed("no senderNonce")
            }
            self.type = type
            transactionID = id
            senderNonce = Nonce(bytes: nonce)
        }
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
