import COpenSSL

/// How a CMS message names a certificate: its signer's or a recipient's (RFC 5652 §5.3, §6.2.1).
public enum SignerIdentifier: Sendable, Hashable {
    /// The serial number as a DER INTEGER.
    case issuerAndSerial(issuer: Name, serialNumber: [UInt8])
    case subjectKeyIdentifier([UInt8])

    /// From what OpenSSL's `…_get0_signer_id` functions give.
    init(
        borrowing keyIdentifier: UnsafeMutablePointer<ASN1_OCTET_STRING>?, _ issuer: OpaquePointer?,
        _ serial: UnsafeMutablePointer<ASN1_INTEGER>?
    ) throws(PKIError) {
        if let keyIdentifier {
            self = .subjectKeyIdentifier(ASN1.bytes(keyIdentifier))
        } else if let issuer, let serial {
            self = .issuerAndSerial(
                issuer: try Name(borrowing: issuer),
                serialNumber: try ASN1.encode("serial number") { i2d_ASN1_INTEGER(serial, $0) })
        } else {
            throw PKIError(.malformed, "message that names no certificate")
        }
    }

    /// Whether this certificate is the one that is named.
    public func names(_ certificate: Certificate) -> Bool {
        switch self {
        case .issuerAndSerial(let issuer, let serialNumber):
            serialNumber == certificate.serialDER && issuer.matches(certificate.issuer)
        case .subjectKeyIdentifier(let identifier):
            !identifier.isEmpty && identifier == certificate.subjectKeyIdentifier
        }
    }
}
