import FoundationEssentials

/// What a certificate is made from: requester certificates of SCEP, default certificates, a practice CA.
public struct CertificateTemplate: Sendable {
    public var subject: Name
    public var publicKey: PublicKey
    /// A positive number, most significant byte first, at most 20 bytes; see ``SerialNumber``.
    public var serialNumber: [UInt8]
    public var notBefore: Date
    public var notAfter: Date
    public var isCA: Bool
    /// How many CA certificates may follow below this one; only with ``isCA``; 0 to 255.
    public var pathLength: Int?
    public var keyUsage: KeyUsage
    /// Object identifiers, dotted.
    public var extendedKeyUsages: [String]
    public var subjectAltNames: [GeneralName]

    public init(
        subject: Name, publicKey: PublicKey, serialNumber: [UInt8], notBefore: Date, notAfter: Date,
        isCA: Bool = false, pathLength: Int? = nil,
        keyUsage: KeyUsage = [.digitalSignature, .keyEncipherment], extendedKeyUsages: [String] = [],
        subjectAltNames: [GeneralName] = []
    ) {
        self.subject = subject
        self.publicKey = publicKey
        self.serialNumber = serialNumber
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.isCA = isCA
        self.pathLength = pathLength
        self.keyUsage = keyUsage
        self.extendedKeyUsages = extendedKeyUsages
        self.subjectAltNames = subjectAltNames
    }

    /// - Parameter key: the private key of ``publicKey``.
    /// - Throws: `keyMismatch`, `invalidInput`, `library`.
    public func selfSigned(with key: PrivateKey, digest: DigestAlgorithm) throws(PKIError) -> Certificate {
        guard key.publicKey == publicKey else { throw PKIError(.keyMismatch, "self-signed certificate") }
        return try certificate(issuer: subject, issuerKeyIdentifier: nil, key: key, digest: digest)
    }

    /// - Parameter key: the private key of the issuer's certificate.
    /// - Throws: `keyMismatch`, `invalidInput`, `library`.
    public func issued(
        by issuer: Certificate, key: PrivateKey, digest: DigestAlgorithm
    ) throws(PKIError) -> Certificate {
        guard issuer.matches(key) else { throw PKIError(.keyMismatch, "issuing certificate") }
        return try certificate(
            issuer: issuer.subject, issuerKeyIdentifier: issuer.subjectKeyIdentifier, key: key, digest: digest)
    }

    private func certificate(
        issuer: Name, issuerKeyIdentifier: [UInt8]?, key: PrivateKey, digest: DigestAlgorithm
    ) throws(PKIError) -> Certificate {
        guard serialNumber.count <= 20, serialNumber.contains(where: { $0 != 0 }) else {
            throw PKIError(.invalidInput, "serial number")
        }
        guard notBefore <= notAfter else { throw PKIError(.invalidInput, "validity ends before it begins") }
        var extensions = Extensions()
        extensions.keyUsage = keyUsage
        extensions.extendedKeyUsages = extendedKeyUsages
        extensions.subjectAltNames = subjectAltNames
        extensions.isCA = isCA
        extensions.pathLength = pathLength
        extensions.subjectKeyIdentifier = Array(DigestAlgorithm.sha256.hash(publicKey.spki).prefix(20))
        extensions.authorityKeyIdentifier = issuerKeyIdentifier
        var fields = [
            DER.explicit(0, DER.integer(2)), DER.integer(serialNumber),
            try digest.signatureIdentifier(isRSA: key.publicKey.isRSA), issuer.der,
            DER.sequence(try DER.time(notBefore), try DER.time(notAfter)), subject.der, publicKey.spki,
        ]
        if let encoded = try extensions.der(subjectIsEmpty: subject.isEmpty) { fields.append(DER.explicit(3, encoded)) }
        return try Certificate(der: key.signedStructure(DER.sequence(of: fields), digest))
    }
}
