import FoundationEssentials
import PKI

/// What is issued for a request: its subject, names and key usage as asked, for TLS servers and clients, for a set time.
struct IssuingPolicy: Sendable {
    /// Why a request is not issued, as SCEP says it.
    enum Refusal: Error, Equatable {
        /// The key is too weak or of an unknown kind (failInfo badAlg).
        case key
        /// The subject is empty or the request is not signed with its key (failInfo badRequest).
        case request
    }

    /// How many days a certificate is valid.
    let validityDays: Int
    /// A requester's clock may be behind ours.
    static let backdating: TimeInterval = 5 * 60
    /// Weak enough for a machine in legacy mode; anything below could be factored while practising.
    static let smallestRSAKey = 1024
    static let serverAuthentication = "1.3.6.1.5.5.7.3.1"
    static let clientAuthentication = "1.3.6.1.5.5.7.3.2"

    /// Checks the request without making anything.
    func check(_ request: CertificateRequest) throws(Refusal) {
        guard (try? request.verifySignature()) != nil, request.subject.commonName?.isEmpty == false else {
            throw .request
        }
        guard request.publicKey.algorithm != nil else { throw .key }
        if request.publicKey.isRSA, request.publicKey.bits < Self.smallestRSAKey { throw .key }
    }

    /// The certificate to be, with the key of the request.
    func template(for request: CertificateRequest, serialNumber: [UInt8], now: Date) -> CertificateTemplate {
        let notBefore = now.addingTimeInterval(-Self.backdating)
        // A requester may not make itself a CA, whatever it asks for.
        let usage = (request.keyUsage ?? [.digitalSignature, .keyEncipherment]).subtracting([.keyCertSign, .cRLSign])
        return CertificateTemplate(
            subject: request.subject, publicKey: request.publicKey, serialNumber: serialNumber,
            notBefore: notBefore, notAfter: notBefore.addingTimeInterval(Double(validityDays) * 86400),
            keyUsage: usage, extendedKeyUsages: [Self.serverAuthentication, Self.clientAuthentication],
            subjectAltNames: request.subjectAltNames)
    }
}
