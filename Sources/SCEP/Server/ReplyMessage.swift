import PKI

/// A server's CertRep (RFC 8894 §3.3.2).
public struct ReplyMessage: Sendable {
    public enum Result: Sendable {
        /// The issued certificate, and those that lead from it to the CA.
        case success(Certificate, chain: [Certificate])
        case pending
        case failure(Failure)
    }

    public let transactionID: TransactionID
    /// The nonce of the request that is answered.
    public let recipientNonce: Nonce
    /// The certificate to which a SUCCESS is encrypted.
    public let requester: Certificate
    public let result: Result
    private let requestDigest: DigestAlgorithm
    private let requestCipher: ContentCipher?

    /// A reply to a request.
    public init(to request: RequestMessage, _ result: Result) {
        transactionID = request.transactionID
        recipientNonce = request.senderNonce
        requester = request.requester
        requestDigest = request.digest
        requestCipher = request.cipher
        self.result = result
    }

    /// A FAILURE to a request that could not be opened.
    public init(to header: RequestHeader, _ failure: Failure) {
        transactionID = header.transactionID
        recipientNonce = header.senderNonce
        requester = header.requester
        requestDigest = header.digest
        requestCipher = nil
        result = .failure(failure)
    }

    /// The reply's encoding, signed.
    /// - Parameters:
    ///   - signer: the certificate of the RA or CA that belongs to `key`.
    ///   - random: for the senderNonce.
    /// - Throws: ``SCEPError/Code/cryptography``.
    public func encoded(
        signer: Certificate, key: PrivateKey, options: ReplyOptions = ReplyOptions(), random: any RandomSource
    ) throws(SCEPError) -> [UInt8] {
        do {
            let digest = options.digest ?? requestDigest
            let one = Signer(
                certificate: signer, key: key, digest: digest, attributes: try attributes(options, random: random),
                hasContentType: options.hasContentType)
            let encoded = try SignedData.sign(
                content(options), signers: Array(repeating: one, count: max(0, options.signerCount)),
                certificates: options.certificates ?? [signer])
            return try CMSShape(options: options, digest: digest).signedData(encoded)
        } catch let error as PKIError {
            throw SCEPError(.cryptography, "the reply could not be made: \(error.reason)")
        } catch let error as SCEPError {
            throw error
        } catch {
            throw SCEPError(.cryptography, "the reply could not be made")
        }
    }

    private func content(_ options: ReplyOptions) throws -> [UInt8]? {
        guard case .success(let certificate, let chain) = result else {
            switch options.emptyContent {
            case .absent: return nil
            case .empty: return []
            case .zeroByte: return [0]
            }
        }
        if let envelope = options.envelope { return envelope }
        let inner: [UInt8]
        switch options.innerContent {
        case .degenerate: inner = try SignedData.degenerate([certificate] + chain)
        case .bareCertificate: inner = certificate.der
        case .pem: inner = Array(certificate.pem.utf8)
        }
        // Whoever asks in single DES is answered in 3DES, which has the same blocks and needs no legacy library.
        let wanted = options.cipher ?? requestCipher ?? .aes128CBC
        let envelope = try EnvelopedData.encrypt(
            inner, to: options.recipient ?? requester, cipher: wanted == .desCBC ? .des3CBC : wanted)
        return try CMSShape(options: options, digest: requestDigest).envelopedData(envelope)
    }

    private func attributes(_ options: ReplyOptions, random: any RandomSource) throws -> [SignedAttribute] {
        var attributes = [
            SignedAttribute(
                oid: AttributeOID.messageType, value: .printable(options.messageType ?? MessageType.certRep.text)),
            SignedAttribute(
                oid: AttributeOID.transactionID, value: .printable(options.transactionID ?? transactionID.text)),
            SignedAttribute(oid: AttributeOID.pkiStatus, value: .printable(options.pkiStatus ?? status.rawValue)),
        ]
        let nonces = [
            (AttributeOID.senderNonce, options.senderNonce, try Nonce(random: random)),
            (AttributeOID.recipientNonce, options.recipientNonce, recipientNonce),
        ]
        for (oid, value, regular) in nonces {
            switch value {
            case .regular: attributes.append(SignedAttribute(oid: oid, value: .octets(regular.bytes)))
            case .absent: break
            case .value(let bytes): attributes.append(SignedAttribute(oid: oid, value: .octets(bytes)))
            }
        }
        if case .failure(let failure) = result { attributes += failureAttributes(failure, options) }
        return attributes + options.additionalAttributes
    }

    private func failureAttributes(_ failure: Failure, _ options: ReplyOptions) -> [SignedAttribute] {
        var attributes: [SignedAttribute] = []
        if let code = options.failInfo ?? failure.failInfo.map({ String($0.rawValue) }) {
            attributes.append(SignedAttribute(oid: AttributeOID.failInfo, value: .printable(code)))
        }
        if let text = failure.text {
            attributes.append(
                options.textForm == .standard
                    ? SignedAttribute(oid: AttributeOID.failInfoText, value: .utf8(text))
                    : SignedAttribute(oid: AttributeOID.historicFailInfoText, value: .printable(text)))
        }
        if let status = failure.microsoftStatus {
            attributes.append(SignedAttribute(oid: AttributeOID.microsoftStatus, value: .printable(String(status))))
        }
        if let message = failure.microsoftMessage {
            attributes.append(SignedAttribute(oid: AttributeOID.microsoftMessage, value: .utf8(message)))
        }
        return attributes
    }

    private var status: PKIStatus {
        switch result {
        case .success: .success
        case .pending: .pending
        case .failure: .failure
        }
    }
}
