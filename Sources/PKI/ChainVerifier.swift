import COpenSSL
import FoundationEssentials

/// Checks that a certificate chains to a trust anchor (RFC 5280 §6), whatever its purpose: RA certificates carry usages
/// that fit none of OpenSSL's.
///
/// An anchor need not be self-signed: a pinned intermediate CA or RA certificate is one too. Revocation is not looked
/// at.
public struct ChainVerifier: Sendable {
    private let anchors: [Certificate]
    private let intermediates: [Certificate]

    /// - Parameters:
    ///   - anchors: what is trusted.
    ///   - intermediates: untrusted material to build the chain from, such as certificates in a message.
    public init(anchors: [Certificate], intermediates: [Certificate] = []) {
        self.anchors = anchors
        self.intermediates = intermediates
    }

    /// - Parameter date: when all certificates of the chain must be valid.
    /// - Throws: `expired`, `notYetValid`, `unknownIssuer`, `badSignature`, `untrusted`; `invalidInput` for a date that
    ///   X.509 cannot hold.
    public func verify(_ certificate: Certificate, at date: Date) throws(PKIError) {
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new() else {
            throw .drained(.library, "certificate store")
        }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
        }
        for anchor in anchors {
            guard anchor.handle.with({ X509_STORE_add_cert(store, $0) }) == 1 else {
                throw .drained(.library, "certificate store")
            }
        }
        let untrusted = try ASN1.stack(of: intermediates)
        defer { ASN1.freeCertificates(untrusted) }
        let time = try DER.wholeSeconds(date)
        try certificate.handle.with { x509 throws(PKIError) in
            guard X509_STORE_CTX_init(context, store, x509, untrusted) == 1 else {
                throw PKIError.drained(.library, "certificate store")
            }
            X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_PARTIAL_CHAIN))
            X509_STORE_CTX_set_time(context, 0, time)
            X509_STORE_CTX_set_purpose(context, X509_PURPOSE_ANY)
            guard X509_verify_cert(context) == 1 else { throw Self.error(X509_STORE_CTX_get_error(context)) }
        }
    }

    private static func error(_ number: Int32) -> PKIError {
        ERR_clear_error()
        let code: PKIError.Code =
            switch number {
            case X509_V_ERR_CERT_HAS_EXPIRED: .expired
            case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
            case X509_V_ERR_CERT_SIGNATURE_FAILURE: .badSignature
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
                X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
                .unknownIssuer
            default: .untrusted
            }
        let words = X509_verify_cert_error_string(Int(number)).map { String(cString: $0) } ?? "error \(number)"
        return PKIError(code, words)
    }
}
