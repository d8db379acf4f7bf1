import PKI

/// What stands outside a client's encrypted content: enough to answer a request that cannot be opened.
///
/// Its signature is checked with the certificate that it carries; whose certificate that is, is the server's policy.
public struct RequestHeader: Sendable {
    public let messageType: MessageType
    public let transactionID: TransactionID
    public let senderNonce: Nonce
    /// The certificate that signed the request; replies are encrypted to it.
    public let requester: Certificate
    /// The digest under the signature.
    public let digest: DigestAlgorithm
    let body: [UInt8]

    /// - Throws: ``SCEPError/Code/malformedRequest``, ``SCEPError/Code/badSignature``.
    public init(ber: [UInt8]) throws(SCEPError) {
        let signedData: SignedData
        do {
            signedData = try SignedData(ber: ber)
        } catch {
            throw RequestMessage.malformed("no SignedData: \(error.reason)")
        }
        guard signedData.signerCount == 1 else {
            throw RequestMessage.malformed("\(signedData.signerCount) signatures")
        }
        guard let digest = signedData.digest else { throw RequestMessage.malformed("a digest that is not allowed") }
        guard let requester = signedData.signerCertificate(among: signedData.certificates) else {
            throw RequestMessage.malformed("the requester's certificate is missing")
        }
        do {
            try signedData.verify(signer: requester)
        } catch {
            throw SCEPError(.badSignature, "the request's signature is wrong: \(error.reason)")
        }
        do {
            let attributes = MessageAttributes(signedData: signedData)
            guard let type = try attributes.text(AttributeOID.messageType).flatMap(MessageType.init(text:)),
                type != .certRep
            else { throw RequestMessage.malformed("no messageType of a request") }
            guard let id = try attributes.text(AttributeOID.transactionID).flatMap(TransactionID.init) else {
                throw RequestMessage.malformed("no usable transaction ID")
            }
            guard let nonce = try attributes.octets(AttributeOID.senderNonce) else {
                throw RequestMessage.malformed("no senderNonce")
            }
            messageType = type
            transactionID = id
            senderNonce = Nonce(bytes: nonce)
        } catch let error as SCEPError {
            throw error
        } catch {
            throw RequestMessage.malformed("attributes: \(error)")
        }
        guard let body = signedData.content else { throw RequestMessage.malformed("no content") }
        self.body = body
        self.requester = requester
        self.digest = digest
    }
}
