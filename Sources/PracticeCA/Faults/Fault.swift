/// What the practice CA does wrong on demand. Each is a case of the interoperability list; its summary names the case.
/// A fault applies to every request for as long as the CA runs.
public enum Fault: String, Sendable, CaseIterable {
    // A FAILURE whatever was asked, with this failInfo (RFC 8894 §3.2.1.4).
    case failInfo0 = "fail-info-0"
    case failInfo1 = "fail-info-1"
    case failInfo2 = "fail-info-2"
    case failInfo3 = "fail-info-3"
    case failInfo4 = "fail-info-4"
    // A FAILURE whatever was asked, explained in either way, whatever the profile.
    case failInfoText = "fail-info-text"
    case microsoftError = "microsoft-error"

    // HTTP
    case http404 = "http-404"
    case http500 = "http-500"
    case htmlPage = "html-page"
    case emptyReply = "empty-reply"
    case closeConnection = "close-connection"
    case lostReply = "lost-reply"
    case truncatedReply = "truncated-reply"
    case resetConnection = "reset-connection"
    case slowDrip = "slow-drip"

    // Capabilities and CA certificates
    case noCapabilities = "no-caps"
    case wrongCA = "wrong-ca"

    // The reply's attributes
    case wrongNonce = "wrong-nonce"
    case noNonce = "no-nonce"
    case wrongTransactionID = "wrong-transaction-id"
    case wrongMessageType = "wrong-message-type"
    case unknownStatus = "unknown-status"

    // The reply's signature and outer shape
    case strangerSigns = "stranger-signs"
    case twoSigners = "two-signers"
    case noCertificates = "no-certificates"
    case zeroLengthContent = "zero-length-content"
    case indefiniteLengths = "indefinite-lengths"

    // What is inside
    case singleDESReply = "single-des-reply"
    case strangerIsRecipient = "stranger-is-recipient"
    case noIssuedCertificate = "no-issued-certificate"
    case bareCertificate = "bare-certificate"
    case otherKey = "other-key"

    // Polling
    case pendingForever = "pending-forever"
    case noCertPoll = "no-cert-poll"

    // Renewal
    case renewalNeedsChallenge = "renewal-needs-challenge"
    case refusesRenewalReq = "refuses-renewal-req"
    case refusesRenewal = "refuses-renewal"

    /// What it does and the interoperability case that it produces.
    public var summary: String {
        switch self {
        case .failInfo0: "R2: FAILURE badAlg to every request"
        case .failInfo1: "R2: FAILURE badMessageCheck to every request"
        case .failInfo2: "R2: FAILURE badRequest to every request"
        case .failInfo3: "R2: FAILURE badTime to every request"
        case .failInfo4: "R2: FAILURE badCertId to every request"
        case .failInfoText: "R2: FAILURE badRequest with a failInfoText to every request"
        case .microsoftError: "R3: FAILURE badRequest with Microsoft's HRESULT and message to every request"
        case .http404: "R18: HTTP 404 with an HTML page"
        case .http500: "R18: HTTP 500 with an HTML page"
        case .htmlPage: "C7: an HTML page with status 200 (a captive portal)"
        case .emptyReply: "R17: status 200 without a body to PKIOperation"
        case .closeConnection: "C5, P5: the request is carried out and the connection closed without a byte"
        case .lostReply: "P5: the first reply that carries a new certificate is lost, the next one is not"
        case .truncatedReply: "R17: PKIOperation is carried out and its reply cut off in the middle"
        case .resetConnection: "R17: PKIOperation is carried out and the connection reset in the middle of the reply"
        case .slowDrip: "R22: one byte of the reply a second"
        case .noCapabilities: "C5: GetCACaps answers an empty list"
        case .wrongCA: "A8: another CA with the same name answers and signs"
        case .wrongNonce: "R11: recipientNonce is not the request's senderNonce"
        case .noNonce: "R11: no recipientNonce"
        case .wrongTransactionID: "R11: another transactionID"
        case .wrongMessageType: "R15: messageType 19 echoed"
        case .unknownStatus: "R15: pkiStatus 1"
        case .strangerSigns: "R13: the reply is signed by a self-signed certificate that it brings along"
        case .twoSigners: "R15: two signatures"
        case .noCertificates: "R4: no certificates in the reply's SignedData"
        case .zeroLengthContent: "R1: FAILURE and PENDING with zero-length content"
        case .indefiniteLengths: "R9: indefinite lengths and strings in parts"
        case .singleDESReply: "R8: the reply is encrypted with single DES"
        case .strangerIsRecipient: "R20: the reply is encrypted to somebody else"
        case .noIssuedCertificate: "R6: SUCCESS that holds only the CA certificate"
        case .bareCertificate: "R23: SUCCESS that holds the certificate without a SignedData around it"
        case .otherKey: "R6: SUCCESS with a certificate for another key"
        case .pendingForever: "P2: PENDING, whatever is approved"
        case .noCertPoll: "P4: HTTP 500 to CertPoll"
        case .renewalNeedsChallenge: "P6: a renewal needs the challenge as well (micromdm, step-ca)"
        case .refusesRenewalReq: "P6: FAILURE badRequest to RenewalReq; PKCSReq signed with the old certificate renews"
        case .refusesRenewal: "P6: FAILURE badRequest to whatever is signed with a certificate of this CA"
        }
    }

    /// Whether it changes how a response travels, which needs a listener of our own.
    var isOfDelivery: Bool {
        switch self {
        case .closeConnection, .lostReply, .truncatedReply, .resetConnection, .slowDrip: true
        default: false
        }
    }

    /// The failInfo of a FAILURE to everything.
    var failInfo: Int? {
        switch self {
        case .failInfo0: 0
        case .failInfo1: 1
        case .failInfo2: 2
        case .failInfo3: 3
        case .failInfo4: 4
        default: nil
        }
    }
}
