import COpenSSL

/// A PKCS#10 certification request (RFC 2986).
public struct CertificateRequest: Sendable, Hashable {
    public let der: [UInt8]
    public let subject: Name
    public let publicKey: PublicKey
    /// The challengePassword attribute (RFC 2985 §5.4.1). A secret: never for a log, a page or an error.
    public let challengePassword: String?
    public let subjectAltNames: [GeneralName]
    public let keyUsage: KeyUsage?
    public let extendedKeyUsages: [String]

    private static let challengePasswordOID = "1.2.840.113549.1.9.7"
    private static let extensionRequestOID = "1.2.840.113549.1.9.14"

    /// Makes and signs a request. The attributes stand in DER SET OF order: strict servers refuse others.
    ///
    /// - Parameters:
    ///   - digest: of the request's own signature.
    ///   - challengePassword: at most 255 characters, as PrintableString when that can hold it, else as UTF8String;
    ///     an empty one counts as none.
    ///   - keyUsage: always worth giving, for NDES chooses its template by it.
    /// - Throws: `invalidInput`, `library`.
    public init(
        subject: Name, key: PrivateKey, digest: DigestAlgorithm, challengePassword: String? = nil,
        subjectAltNames: [GeneralName] = [], keyUsage: KeyUsage = [.digitalSignature, .keyEncipherment]
    ) throws(PKIError) {
        var attributes: [[UInt8]] = []
        if let challengePassword, !challengePassword.isEmpty {
            guard challengePassword.unicodeScalars.count <= 255 else {
                throw PKIError(.invalidInput, "challenge password: more than 255 characters")
            }
            attributes.append(
                DER.sequence(
                    try DER.objectIdentifier(Self.challengePasswordOID),
                    DER.set(of: [DER.directoryString(challengePassword)])))
        }
        var extensions = Extensions()
        extensions.keyUsage = keyUsage
        extensions.subjectAltNames = subjectAltNames
        if let encoded = try extensions.der(subjectIsEmpty: subject.isEmpty) {
            attributes.append(
                DER.sequence(try DER.objectIdentifier(Self.extensionRequestOID), DER.set(of: [encoded])))
        }
        let info = DER.sequence(DER.integer(0), subject.der, key.publicKey.spki, DER.set(of: attributes, tag: 0xa0))
        try self.init(der: key.signedStructure(info, digest))
    }

    /// Reads a request; does not check its signature.
    ///
    /// - Throws: `malformed`, extensions that cannot be read included; `tooLarge`; `duplicateAttribute` for a second
    ///   challenge password or extension list.
    public init(der: [UInt8]) throws(PKIError) {
        let request = try Self.decode(der)
        defer { X509_REQ_free(request) }
        self.der = try ASN1.encode("request") { i2d_X509_REQ(request, $0) }
        subject = try Name(borrowing: X509_REQ_get_subject_name(request))
        guard let key = X509_REQ_get_X509_PUBKEY(request) else { throw PKIError(.malformed, "request without a key") }
        publicKey = try PublicKey(borrowing: key)
        challengePassword = try Self.attribute(NID_pkcs9_challengePassword, of: request).map { value throws(PKIError) in
            guard let text = value.pointee.text else {
                throw PKIError(.malformed, "challenge password: not a character string")
            }
            return text
        }
        let hasExtensions = try Self.attribute(NID_ext_req, of: request) != nil
        let stack = X509_REQ_get_extensions(request)
        // Read as "no extensions", a damaged list would be certified without the names that were asked for.
        guard stack != nil || !hasExtensions else { throw .drained(.malformed, "request: extensions") }
        ERR_clear_error()
        defer {
            while let next = OPENSSL_sk_pop(stack) { X509_EXTENSION_free(OpaquePointer(next)) }
            OPENSSL_sk_free(stack)
        }
        let extensions = try Extensions(borrowing: stack)
        subjectAltNames = extensions.subjectAltNames
        keyUsage = extensions.keyUsage
        extendedKeyUsages = extensions.extendedKeyUsages
    }

    /// Checks that the request was signed with the key that it asks a certificate for (proof of possession).
    ///
    /// - Throws: `badSignature`, `unsupportedAlgorithm`.
    public func verifySignature() throws(PKIError) {
        let request = try Self.decode(der)
        defer { X509_REQ_free(request) }
        guard let key = X509_REQ_get0_pubkey(request) else {
            throw .drained(.unsupportedAlgorithm, "request: kind of key")
        }
        guard X509_REQ_verify(request, key) == 1 else { throw .drained(.badSignature, "request") }
    }

    public static func == (a: CertificateRequest, b: CertificateRequest) -> Bool { a.der == b.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }

    private static func decode(_ der: [UInt8]) throws(PKIError) -> OpaquePointer {
        try ASN1.decode(der, as: "request", { d2i_X509_REQ(nil, $0, $1) }, free: X509_REQ_free)
    }

    /// The one value of the attribute; nil when the request does not have it.
    private static func attribute(
        _ nid: Int32, of request: OpaquePointer
    ) throws(PKIError) -> UnsafeMutablePointer<ASN1_TYPE>? {
        let place = X509_REQ_get_attr_by_NID(request, nid, -1)
        if place < 0 { return nil }
        let attribute = X509_REQ_get_attr(request, place)
        guard X509_REQ_get_attr_by_NID(request, nid, place) < 0, X509_ATTRIBUTE_count(attribute) == 1,
            let value = X509_ATTRIBUTE_get0_type(attribute, 0)
        else { throw PKIError(.duplicateAttribute, "request: an attribute without exactly one value") }
        return value
    }
}

extension CertificateRequest: Redacted {}
