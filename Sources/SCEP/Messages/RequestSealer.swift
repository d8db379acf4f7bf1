import PKI

/// Makes a client's pkiMessage: content encrypted to the authority, then signed by the requester (RFC 8894 §3.1, §3.2).
struct RequestSealer {
    let transactionID: TransactionID
    let requester: Certificate
    let key: PrivateKey
    let recipient: Certificate
    let choice: AlgorithmChoice

    func seal(_ type: MessageType, content: [UInt8], senderNonce: Nonce) throws(SCEPError) -> OutgoingMessage {
        do {
            let envelope = try EnvelopedData.encrypt(content, to: recipient, cipher: choice.cipher)
            let attributes = [
                SignedAttribute(oid: AttributeOID.messageType, value: .printable(type.text)),
                SignedAttribute(oid: AttributeOID.transactionID, value: .printable(transactionID.text)),
                SignedAttribute(oid: AttributeOID.senderNonce, value: .octets(senderNonce.bytes)),
            ]
            let bytes = try SignedData.sign(
                envelope, signer: requester, key: key, digest: choice.digest, attributes: attributes,
                certificates: [requester])
            return OutgoingMessage(type: type, senderNonce: senderNonce, method: choice.method, bytes: bytes)
        } catch {
            throw SCEPError(.cryptography, "the message could not be made: \(error.reason)")
        }
    }
}
