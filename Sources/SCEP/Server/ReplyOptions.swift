import PKI

/// How a server words its reply. The defaults follow RFC 8894; the rest imitates servers that are in use, and faults.
public struct ReplyOptions: Sendable {
    /// What stands where a FAILURE or PENDING has no content.
    public enum EmptyContent: Sendable, CaseIterable {
        /// No eContent at all (RFC 8894 §3.3.2.2).
        case absent
        /// An eContent of length zero (micromdm, step-ca).
        case empty
        /// One zero byte (NDES).
        case zeroByte
    }

    /// Where the failInfoText goes.
    public enum TextForm: Sendable, CaseIterable {
        /// 1.3.6.1.5.5.7.24.1, UTF8String.
        case standard
        /// 1.3.6.1.5.5.7.24, PrintableString (step-ca before it was corrected).
        case historic
    }

    /// How the structures are encoded.
    public enum Encoding: Sendable, CaseIterable {
        case der
        /// `[0]` of the encryptedContent constructed in otherwise definite encoding (Go servers).
        case constructedContent
        /// Indefinite lengths and constructed octet strings wherever BER allows them.
        case indefinite
    }

    /// The signatureAlgorithm under the signature.
    public enum SignatureIdentifier: Sendable, CaseIterable {
        case rsaEncryption
        /// Such as sha256WithRSAEncryption.
        case withDigest
    }

    /// What is inside the envelope of a SUCCESS.
    public enum InnerContent: Sendable, CaseIterable {
        /// Degenerate SignedData.
        case degenerate
        /// The issued certificate alone, in DER.
        case bareCertificate
        /// The issued certificate alone, in PEM.
        case pem
    }

    /// A nonce of the reply.
    public enum NonceValue: Sendable, Hashable {
        /// As the RFC has it: the request's for recipientNonce, a fresh one for senderNonce.
        case regular
        case absent
        case value([UInt8])
    }

    /// Digest under the signature; nil for that of the request.
    public var digest: DigestAlgorithm?
    /// Cipher of the envelope; nil for that of the request, where it may be sent.
    public var cipher: ContentCipher?
    /// Certificates in the outer SignedData; nil for the signer's alone.
    public var certificates: [Certificate]?
    /// Encrypts for another than the requester.
    public var recipient: Certificate?
    /// Takes the place of the envelope: one that was made elsewhere.
    public var envelope: [UInt8]?
    public var emptyContent = EmptyContent.absent
    public var innerContent = InnerContent.degenerate
    public var textForm = TextForm.standard
    public var encoding = Encoding.der
    public var signatureIdentifier = SignatureIdentifier.rsaEncryption
    public var senderNonce = NonceValue.regular
    public var recipientNonce = NonceValue.regular
    /// Takes the place of the request's transaction ID.
    public var transactionID: String?
    /// Takes the place of `3`.
    public var messageType: String?
    /// Takes the place of the status that belongs to the result.
    public var pkiStatus: String?
    /// Takes the place of the number of the failInfo.
    public var failInfo: String?
    /// Number of SignerInfos: 1, or by way of fault 0 or 2.
    public var signerCount = 1
    /// Whether the contentType attribute is there (OpenXPKI once forgot it).
    public var hasContentType = true
    /// Further signed attributes, such as those of NDES, or a second value of one that is there.
    public var additionalAttributes: [SignedAttribute] = []

    public init() {}

    /// NDES: no certificates, a dummy byte for content (R1, R4).
    public static var ndes: ReplyOptions {
        var options = ReplyOptions()
        options.certificates = []
        options.emptyContent = .zeroByte
        return options
    }
}
