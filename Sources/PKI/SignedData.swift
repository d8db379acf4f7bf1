import COpenSSL

/// A received CMS SignedData (RFC 5652 §5). Reading it proves nothing: see ``verify(signer:)``.
///
/// The value keeps the bytes, not OpenSSL's object, because OpenSSL writes into that object while it verifies.
public struct SignedData: Sendable {
    private let ber: [UInt8]
    /// The signed content; nil when eContent is absent, as in PENDING and FAILURE replies (RFC 8894 §3.3.2.2).
    public let content: [UInt8]?
    /// The certificates in the message. They confer no trust.
    public let certificates: [Certificate]
    /// How many SignerInfos there are; a SCEP message has exactly one, a degenerate one none.
    public let signerCount: Int
    /// Who signed, if there is exactly one SignerInfo.
    public let signer: SignerIdentifier?
    /// The digest of the only SignerInfo; nil for one that must not be used, such as MD5.
    public let digest: DigestAlgorithm?
    /// Each attribute type with every value that stands under it, in the order of the message.
    private let attributes: [(oid: String, values: [SignedAttribute.Value])]

    /// - Throws: `malformed`, `tooLarge`.
    public init(ber: [UInt8]) throws(PKIError) {
        let message = try CMS.decode(ber, .signed)
        defer {
            CMS_ContentInfo_free(message)
            ERR_clear_error()
        }
        self.ber = ber
        content = CMS_get0_content(message)?.pointee.map { ASN1.bytes($0) }
        certificates = try Self.certificates(in: message)
        let signers = CMS_get0_SignerInfos(message)
        signerCount = Int(max(0, OPENSSL_sk_num(signers)))
        guard signerCount == 1, let info = OPENSSL_sk_value(signers, 0).map({ OpaquePointer($0) }) else {
            signer = nil
            digest = nil
            attributes = []
            return
        }
        var keyIdentifier: UnsafeMutablePointer<ASN1_OCTET_STRING>?
        var issuer: OpaquePointer?
        var serial: UnsafeMutablePointer<ASN1_INTEGER>?
        guard CMS_SignerInfo_get0_signer_id(info, &keyIdentifier, &issuer, &serial) == 1 else {
            throw .drained(.malformed, "message: signer")
        }
        signer = try SignerIdentifier(borrowing: keyIdentifier, issuer, serial)
        digest = Self.digest(of: info)
        attributes = try Self.attributes(of: info)
    }

    /// The value of the attribute; nil when the message does not have it.
    ///
    /// - Throws: `signerCount`; `duplicateAttribute` when it stands twice or has not exactly one value.
    public func attribute(_ oid: String) throws(PKIError) -> SignedAttribute.Value? {
        guard signerCount == 1 else { throw PKIError(.signerCount, "\(signerCount) signers") }
        let found = attributes.filter { $0.oid == oid }
        guard let first = found.first else { return nil }
        guard found.count == 1, first.values.count == 1 else {
            throw PKIError(.duplicateAttribute, "attribute \(oid) without exactly one value")
        }
        return first.values[0]
    }

    /// The certificate of the signer.
    public func signerCertificate(among certificates: [Certificate]) -> Certificate? {
        guard let signer else { return nil }
        return certificates.first { signer.names($0) }
    }

    /// Checks the signature over content and attributes, and that it was made with this certificate's key. Nothing
    /// else: no purpose, no dates, no chain. A server's RA and CA certificates fail every S/MIME purpose check, and an
    /// expired one must be told from a wrong signature; see ``ChainVerifier``.
    ///
    /// - Throws: `signerCount`, `unsupportedAlgorithm` for a digest that must not be used, `badSignature`.
    public func verify(signer certificate: Certificate) throws(PKIError) {
        guard signerCount == 1, let signer else { throw PKIError(.signerCount, "\(signerCount) signers") }
        guard digest != nil else { throw PKIError(.unsupportedAlgorithm, "digest of the signature") }
        guard signer.names(certificate) else { throw PKIError(.badSignature, "another certificate's signature") }
        let message = try CMS.decode(ber, .signed)
        defer { CMS_ContentInfo_free(message) }
        let candidates = try ASN1.stack(of: [certificate])
        defer { ASN1.freeCertificates(candidates) }
        // OpenSSL answers "no content" to an absent eContent unless empty detached content is handed in, and must
        // not be handed any when there is content.
        let empty = content == nil ? try ASN1.bio([]) : nil
        defer { BIO_free_all(empty) }
        let flags = UInt32(CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY)
        guard CMS_verify(message, candidates, nil, empty, nil, flags) == 1 else {
            throw .drained(.badSignature, "message")
        }
    }

    /// The certificates of a degenerate, certificates-only message: a GetCACert answer or the content of a SUCCESS
    /// reply. Their order means nothing. Content that some servers put in wrongly is ignored.
    ///
    /// - Throws: `malformed`, `tooLarge`.
    public static func degenerateCertificates(_ ber: [UInt8]) throws(PKIError) -> [Certificate] {
        let message = try CMS.decode(ber, .signed)
        defer {
            CMS_ContentInfo_free(message)
            ERR_clear_error()
        }
        return try certificates(in: message)
    }

    private static func certificates(in message: OpaquePointer) throws(PKIError) -> [Certificate] {
        let stack = CMS_get1_certs(message)
        defer { ASN1.freeCertificates(stack) }
        var certificates: [Certificate] = []
        for index in 0..<max(0, OPENSSL_sk_num(stack)) {
            guard let value = OPENSSL_sk_value(stack, index) else { continue }
            let x509 = OpaquePointer(value)
            X509_up_ref(x509)
            certificates.append(try Certificate(owning: x509))
        }
        return certificates
    }

    private static func digest(of info: OpaquePointer) -> DigestAlgorithm? {
        var algorithm: UnsafeMutablePointer<X509_ALGOR>?
        CMS_SignerInfo_get0_algs(info, nil, nil, &algorithm, nil)
        var object: OpaquePointer?
        X509_ALGOR_get0(&object, nil, nil, algorithm)
        return DigestAlgorithm(oid: ASN1.oid(object))
    }

    private static func attributes(
        of info: OpaquePointer
    ) throws(PKIError) -> [(oid: String, values: [SignedAttribute.Value])] {
        var attributes: [(oid: String, values: [SignedAttribute.Value])] = []
        for index in 0..<max(0, CMS_signed_get_attr_count(info)) {
            guard let attribute = CMS_signed_get_attr(info, index) else { continue }
            var values: [SignedAttribute.Value] = []
            for place in 0..<max(0, X509_ATTRIBUTE_count(attribute)) {
                guard let value = X509_ATTRIBUTE_get0_type(attribute, place) else { continue }
                values.append(try SignedAttribute.Value(borrowing: value))
            }
            attributes.append((ASN1.oid(X509_ATTRIBUTE_get0_object(attribute)), values))
        }
        return attributes
    }
}
