import FoundationEssentials
import PKI

/// A CertRep whose signature, signer, transaction and nonce have been checked, in this order (RFC 8894 §3.2.1, §3.3.2).
/// Until then nothing in it is believed.
struct VerifiedReply {
    enum Content: Equatable {
        /// The EnvelopedData that holds the certificates.
        case success(envelope: [UInt8])
        case pending
        case failure(Failure)
    }

    let content: Content

    init(
        _ body: [UInt8], authority: Authority, transactionID: TransactionID, nonce: Nonce, policy: ReplyPolicy,
        now: Date
    ) throws(SCEPError) {
        let signedData = try Self.signedData(body)
        guard let signer = signedData.signerCertificate(among: authority.signers) else {
            throw SCEPError(.unknownSigner, "the reply is signed by none of the authority's certificates")
        }
        do {
            try signedData.verify(signer: signer)
        } catch {
            throw SCEPError(.badSignature, "the reply's signature is wrong: \(error.reason)")
        }
        try authority.checkSigner(signer, now: now)
        let attributes = MessageAttributes(signedData: signedData)
        do {
            try Self.check(attributes, transactionID: transactionID, nonce: nonce, policy: policy)
            content = try Self.content(of: signedData, attributes)
        } catch let error as SCEPError {
            throw error
        } catch {
            throw SCEPError(.malformedReply, "the reply's attributes cannot be read: \(error)")
        }
    }

    private static func signedData(_ body: [UInt8]) throws(SCEPError) -> SignedData {
        let signedData: SignedData
        do {
            signedData = try SignedData(ber: body)
        } catch {
            throw SCEPError(.malformedReply, "the reply is no SignedData: \(error.reason)")
        }
        guard signedData.signerCount == 1 else {
            throw SCEPError(.malformedReply, "the reply has \(signedData.signerCount) signatures instead of one")
        }
        guard signedData.digest != nil else {
            throw SCEPError(.badSignature, "the reply is signed with a digest that is not allowed")
        }
        return signedData
    }

    private static func check(
        _ attributes: MessageAttributes, transactionID: TransactionID, nonce: Nonce, policy: ReplyPolicy
    ) throws {
        let type = try attributes.text(AttributeOID.messageType)
        guard type == MessageType.certRep.text else {
            throw SCEPError(.wrongMessageType, "the reply's messageType is \(type ?? "absent") instead of 3")
        }
        guard try attributes.text(AttributeOID.transactionID) == transactionID.text else {
            throw SCEPError(.transactionIDMismatch, "the reply belongs to another transaction")
        }
        guard let recipientNonce = try attributes.octets(AttributeOID.recipientNonce) else {
            if policy.allowsMissingRecipientNonce { return }
            throw SCEPError(.nonceMismatch, "the reply has no recipientNonce")
        }
        guard constantTimeEqual(recipientNonce, nonce.bytes) else {
            throw SCEPError(.nonceMismatch, "the reply answers another message")
        }
    }

    private static func content(of signedData: SignedData, _ attributes: MessageAttributes) throws -> Content {
        let text = try attributes.text(AttributeOID.pkiStatus)
        switch text.flatMap(PKIStatus.init) {
        case .success:
            guard let envelope = signedData.content, !envelope.isEmpty else {
                throw SCEPError(.noIssuedCertificate, "SUCCESS without content")
            }
            return .success(envelope: envelope)
        case .pending: return .pending
        case .failure: return .failure(try failure(attributes))
        case nil: throw SCEPError(.unknownStatus, "the reply's pkiStatus is \(text ?? "absent")")
        }
    }

    private static func failure(_ attributes: MessageAttributes) throws -> Failure {
        let code = try attributes.text(AttributeOID.failInfo)
        let text =
            try attributes.text(AttributeOID.failInfoText) ?? attributes.text(AttributeOID.historicFailInfoText)
        let status = try attributes.text(AttributeOID.microsoftStatus)
        return Failure(
            failInfo: code.flatMap { Int($0) }.map(FailInfo.init),
            text: text.map { PeerText.clean($0) },
            microsoftStatus: status.flatMap { Int32($0) },
            microsoftMessage: try attributes.text(AttributeOID.microsoftMessage).map { PeerText.clean($0) })
    }
}
