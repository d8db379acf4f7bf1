import PKI
import SCEP

/// Words a reply as the profile does, with the faults that are on.
struct ReplyWriter: Sendable {
    /// Microsoft: the requester's certificate was issued.
    static let microsoftMessage = "1.3.6.1.4.1.311.21.38"
    /// E_INVALIDARG, which NDES sends beside most of its failures.
    static let invalidArgument = Int32(bitPattern: 0x8007_0057)
    /// CERTSRV_E_UNSUPPORTED_CERT_TYPE, which administrators of NDES meet when a template is not set up.
    static let unknownTemplate = Int32(bitPattern: 0x8009_4800)

    let authority: CertificateAuthority
    let profile: Profile
    let faults: Set<Fault>
    /// Signs and receives where a fault puts a stranger; nil without such a fault.
    let stranger: Identity?
    let random: any RandomSource

    func reply(to request: RequestMessage, _ decision: Decision) throws(SCEPError) -> [UInt8] {
        switch decision {
        case .issued(let certificate):
            let carried = try carried(certificate)
            return try encode(
                ReplyMessage(to: request, .success(carried, chain: [])),
                try options(nonce: request.senderNonce, requester: request.requester, issued: carried))
        case .pending:
            return try encode(ReplyMessage(to: request, .pending), try options(nonce: request.senderNonce))
        case .failed(let failInfo, let text):
            return try encode(
                ReplyMessage(to: request, .failure(failure(failInfo, text))), try options(nonce: request.senderNonce))
        }
    }

    /// A FAILURE to a request that could not be opened.
    func failure(to request: RequestHeader, _ failInfo: FailInfo, text: String) throws(SCEPError) -> [UInt8] {
        try encode(
            ReplyMessage(to: request, failure(failInfo, text)), try options(nonce: request.senderNonce))
    }

    /// The certificate in a SUCCESS: what was issued, unless a fault puts another in its place.
    private func carried(_ issued: Certificate) throws(SCEPError) -> Certificate {
        if faults.contains(.noIssuedCertificate) { return authority.certificate }
        guard faults.contains(.otherKey), let stranger else { return issued }
        do {
            return try CertificateTemplate(
                subject: issued.subject, publicKey: stranger.key.publicKey, serialNumber: issued.serialNumber,
                notBefore: issued.notBefore, notAfter: issued.notAfter
            ).issued(by: authority.certificate, key: authority.ca.key, digest: .sha256)
        } catch {
            throw SCEPError(.cryptography, error.reason)
        }
    }

    private func encode(_ reply: ReplyMessage, _ options: ReplyOptions) throws(SCEPError) -> [UInt8] {
        let signer = faults.contains(.strangerSigns) ? stranger ?? authority.signer : authority.signer
        return try reply.encoded(signer: signer.certificate, key: signer.key, options: options, random: random)
    }

    /// NDES explains itself by an HRESULT, an RFC server by text; a fault has either done.
    private func failure(_ failInfo: FailInfo, _ text: String) -> Failure {
        if faults.contains(.microsoftError) {
            return Failure(
                failInfo: failInfo, text: faults.contains(.failInfoText) ? text : nil,
                microsoftStatus: Self.unknownTemplate, microsoftMessage: "The certificate template is not supported.")
        }
        let speaksText = profile == .rfc || faults.contains(.failInfoText)
        return Failure(
            failInfo: failInfo, text: speaksText ? text : nil,
            microsoftStatus: profile == .ndes ? Self.invalidArgument : nil)
    }

    private func options(
        nonce: Nonce, requester: Certificate? = nil, issued: Certificate? = nil
    ) throws(SCEPError) -> ReplyOptions {
        var options = ReplyOptions()
        if profile == .ndes {
            options = .ndes
            options.digest = .sha1
            if issued != nil {
                options.additionalAttributes = [SignedAttribute(oid: Self.microsoftMessage, value: .utf8("Issued"))]
            }
        }
        for fault in faults {
            switch fault {
            case .wrongNonce: options.recipientNonce = .value(nonce.bytes.map { ~$0 })
            case .noNonce: options.recipientNonce = .absent
            case .wrongTransactionID: options.transactionID = String(repeating: "0", count: 40)
            case .wrongMessageType: options.messageType = "19"
            case .unknownStatus: options.pkiStatus = "1"
            case .strangerSigns: options.certificates = nil
            case .twoSigners: options.signerCount = 2
            case .noCertificates: options.certificates = []
            case .zeroLengthContent: options.emptyContent = .empty
            case .indefiniteLengths: options.encoding = .indefinite
            case .strangerIsRecipient: options.recipient = stranger?.certificate
            case .bareCertificate: options.innerContent = .bareCertificate
            case .singleDESReply:
                guard let requester, let issued else { continue }
                options.envelope = try Self.singleDESEnvelope(issued, to: requester)
            default: continue
            }
        }
        return options
    }

    private static func singleDESEnvelope(
        _ issued: Certificate, to requester: Certificate
    ) throws(SCEPError) -> [UInt8] {
        do {
            return try EnvelopedData.encryptWithSingleDES(SignedData.degenerate([issued]), to: requester)
        } catch {
            throw SCEPError(.cryptography, error.reason)
        }
    }
}
