import COpenSSL
import FoundationEssentials

/// An X.509 certificate (RFC 5280). Two are equal when their bytes are.
public struct Certificate: Sendable, Hashable {
    let handle: Handle
    public let der: [UInt8]
    /// 1, 2 or 3.
    public let version: Int
    /// The magnitude, most significant byte first, without leading zeros.
    public let serialNumber: [UInt8]
    public let subject: Name
    public let issuer: Name
    public let notBefore: Date
    public let notAfter: Date
    public let publicKey: PublicKey
    /// Nil when the certificate does not restrict the use of its key.
    public let keyUsage: KeyUsage?
    /// Object identifiers, dotted.
    public let extendedKeyUsages: [String]
    /// Whether it may issue certificates: by its basic constraints or, for old ones without these, as X.509 version 1
    /// self-signed or by keyCertSign.
    public let isCA: Bool
    public let subjectAltNames: [GeneralName]
    /// The name in full, such as `sha256WithRSAEncryption`; the object identifier when OpenSSL has no name for it.
    public let signatureAlgorithm: String
    public let subjectKeyIdentifier: [UInt8]?
    /// The serial number as a DER INTEGER, sign and all.
    let serialDER: [UInt8]

    /// Whether subject and issuer are the same name.
    public var isSelfIssued: Bool { subject.matches(issuer) }

    /// - Throws: `malformed`, `tooLarge`.
    public init(der: [UInt8]) throws(PKIError) {
        try self.init(owning: ASN1.decode(der, as: "certificate", { d2i_X509(nil, $0, $1) }, free: X509_free))
    }

    /// The first `CERTIFICATE` block in the text.
    public init(pem: String) throws(PKIError) {
        guard let der = try PEM.decode(pem, label: "CERTIFICATE") else {
            throw PKIError(.malformed, "certificate: no PEM block")
        }
        try self.init(der: der)
    }

    init(owning x509: OpaquePointer) throws(PKIError) {
        handle = Handle(owning: x509) { X509_free($0) }
        der = try ASN1.encode("certificate") { i2d_X509(x509, $0) }
        // Any INTEGER may stand there, the largest that fits included: adding to it first would trap.
        let encodedVersion = X509_get_version(x509)
        guard (0...2).contains(encodedVersion) else { throw PKIError(.malformed, "certificate: unknown version") }
        version = encodedVersion + 1
        guard let serial = X509_get0_serialNumber(x509), let key = X509_get_X509_PUBKEY(x509) else {
            throw .drained(.malformed, "certificate: a field is missing")
        }
        serialNumber = Array(ASN1.bytes(serial).drop { $0 == 0 })
        serialDER = try ASN1.encode("serial number") { i2d_ASN1_INTEGER(serial, $0) }
        subject = try Name(borrowing: X509_get_subject_name(x509))
        issuer = try Name(borrowing: X509_get_issuer_name(x509))
        notBefore = try ASN1.date(X509_get0_notBefore(x509))
        notAfter = try ASN1.date(X509_get0_notAfter(x509))
        publicKey = try PublicKey(borrowing: key)
        let extensions = try Extensions(borrowing: X509_get0_extensions(x509))
        keyUsage = extensions.keyUsage
        extendedKeyUsages = extensions.extendedKeyUsages
        subjectAltNames = extensions.subjectAltNames
        subjectKeyIdentifier = extensions.subjectKeyIdentifier
        isCA = extensions.isCA || X509_check_ca(x509) > 0
        let nid = X509_get_signature_nid(x509)
        if nid != NID_undef, let name = OBJ_nid2ln(nid) {
            signatureAlgorithm = String(cString: name)
        } else {
            var object: OpaquePointer?
            X509_ALGOR_get0(&object, nil, nil, X509_get0_tbs_sigalg(x509))
            signatureAlgorithm = ASN1.oid(object)
        }
        ERR_clear_error()
    }

    public var pem: String { PEM.encode(der, label: "CERTIFICATE") }

    /// The hash over the whole certificate (RFC 8894 §2.2).
    public func fingerprint(_ digest: DigestAlgorithm) -> [UInt8] { digest.hash(der) }

    /// Whether the certificate is for this key.
    public func matches(_ key: PrivateKey) -> Bool { publicKey == key.publicKey }

    /// Whether the issuer's name is this certificate's issuer and its key made the signature. Says nothing about
    /// dates or the right to issue: see ``ChainVerifier``.
    public func isSigned(by issuer: Certificate) -> Bool {
        guard self.issuer.matches(issuer.subject) else { return false }
        defer { ERR_clear_error() }
        return handle.with { mine in
            issuer.handle.with { theirs in
                guard let key = X509_get0_pubkey(theirs) else { return false }
                return X509_verify(mine, key) == 1
            }
        }
    }

    public static func == (a: Certificate, b: Certificate) -> Bool { a.der == b.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}
