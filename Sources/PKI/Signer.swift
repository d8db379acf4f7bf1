/// One who signs a CMS message: everything that goes into its SignerInfo (RFC 5652 §5.3).
public struct Signer: Sendable {
    public var certificate: Certificate
    public var key: PrivateKey
    public var digest: DigestAlgorithm
    /// Besides contentType and messageDigest. An attribute given twice stands twice: receivers are tested with it.
    public var attributes: [SignedAttribute]
    /// Whether the contentType attribute is written. RFC 5652 §11.1 requires it; some servers forget it.
    public var hasContentType: Bool

    public init(
        certificate: Certificate, key: PrivateKey, digest: DigestAlgorithm, attributes: [SignedAttribute],
        hasContentType: Bool = true
    ) {
        self.certificate = certificate
        self.key = key
        self.digest = digest
        self.attributes = attributes
        self.hasContentType = hasContentType
    }

    /// SignerInfo, version 1, signer named by issuer and serial number.
    func signerInfo(for content: [UInt8]) throws(PKIError) -> [UInt8] {
        guard certificate.matches(key) else { throw PKIError(.keyMismatch, "signer") }
        let digestOfContent = SignedAttribute(
            oid: "1.2.840.113549.1.9.4", value: .octets(digest.hash(content)))
        var encoded = [try digestOfContent.der()]
        if hasContentType {
            let contentType = SignedAttribute(
                oid: "1.2.840.113549.1.9.3", value: .other(try DER.objectIdentifier(SignedData.dataOID)))
            encoded.append(try contentType.der())
        }
        for attribute in attributes { encoded.append(try attribute.der()) }
        // What is signed is the SET OF; in the message it stands under an implicit tag (RFC 5652 §5.4).
        let signature = try key.sign(DER.set(of: encoded), digest)
        // Plain rsaEncryption, as NDES and the sample of RFC 8894 have it: strongSwan up to 5.9.8 knows no other.
        let algorithm =
            key.publicKey.isRSA
            ? DER.sequence(try DER.objectIdentifier("1.2.840.113549.1.1.1"), DER.null)
            : try digest.signatureIdentifier(isRSA: false)
        return DER.sequence(
            DER.integer(1), DER.sequence(certificate.issuer.der, certificate.serialDER), try digest.identifier(),
            DER.set(of: encoded, tag: 0xa0), algorithm, DER.octetString(signature))
    }
}

extension SignedData {
    static let dataOID = "1.2.840.113549.1.7.1"
    private static let signedDataOID = "1.2.840.113549.1.7.2"

    /// Signs content of type id-data: definite-length DER, rsaEncryption as the signature algorithm of RSA keys,
    /// neither signingTime nor S/MIME capabilities. An RSA signature makes the result depend on the arguments only.
    ///
    /// - Parameters:
    ///   - content: nil leaves eContent out.
    ///   - certificates: put into the message as they are, in this order.
    /// - Throws: `keyMismatch`, `invalidInput`, `tooLarge`, `library`.
    public static func sign(
        _ content: [UInt8]?, signer: Certificate, key: PrivateKey, digest: DigestAlgorithm,
        attributes: [SignedAttribute], certificates: [Certificate]
    ) throws(PKIError) -> [UInt8] {
        let one = Signer(certificate: signer, key: key, digest: digest, attributes: attributes)
        return try sign(content, signers: [one], certificates: certificates)
    }

    /// As above, with any number of signers. SCEP wants one; none and two are what receivers are tested with.
    public static func sign(
        _ content: [UInt8]?, signers: [Signer], certificates: [Certificate]
    ) throws(PKIError) -> [UInt8] {
        guard (content?.count ?? 0) <= PKIError.inputLimit else { throw PKIError(.tooLarge, "content to be signed") }
        var digests: [[UInt8]] = []
        var infos: [[UInt8]] = []
        for signer in signers {
            let digest = try signer.digest.identifier()
            if !digests.contains(digest) { digests.append(digest) }
            infos.append(try signer.signerInfo(for: content ?? []))
        }
        return try message(content, digests: digests, infos: infos, certificates: certificates)
    }

    /// A certificates-only message; the issued certificate belongs first.
    ///
    /// - Throws: `library`.
    public static func degenerate(_ certificates: [Certificate]) throws(PKIError) -> [UInt8] {
        try message(nil, digests: [], infos: [], certificates: certificates)
    }

    private static func message(
        _ content: [UInt8]?, digests: [[UInt8]], infos: [[UInt8]], certificates: [Certificate]
    ) throws(PKIError) -> [UInt8] {
        var encapsulated = [try DER.objectIdentifier(dataOID)]
        if let content { encapsulated.append(DER.explicit(0, DER.octetString(content))) }
        var fields = [DER.integer(1), DER.set(of: digests), DER.sequence(of: encapsulated)]
        if !certificates.isEmpty { fields.append(DER.explicit(0, certificates.flatMap(\.der))) }
        fields.append(DER.set(of: infos))
        return DER.sequence(
            try DER.objectIdentifier(signedDataOID), DER.explicit(0, DER.sequence(of: fields)))
    }
}
