import FoundationEssentials
import PKI

/// Finds the issued certificate in an opened SUCCESS and checks it (RFC 8894 §3.3.2.1, table 6).
struct IssuedCertificateSelection {
    let request: CertificateRequest
    let authority: Authority
    let policy: ReplyPolicy
    let now: Date

    /// - Parameter content: the decrypted content: degenerate SignedData, or by way of exception a bare certificate.
    func select(from content: [UInt8]) throws(SCEPError) -> IssuedCertificate {
        let certificates: [Certificate]
        do {
            certificates = try CertificateBundle.read(content)
        } catch {
            throw SCEPError(.noIssuedCertificate, "the decrypted reply holds no certificates: \(error.reason)")
        }
        // By its key, not by its place: the order of a SET means nothing.
        let issued = certificates.filter { $0.publicKey.spki == request.publicKey.spki }
        guard let certificate = issued.first else {
            throw SCEPError(
                .noIssuedCertificate, "none of the reply's \(certificates.count) certificates has the requested key")
        }
        guard issued.count == 1 else {
            throw invalid("the reply holds \(issued.count) different certificates for the requested key")
        }
        let anchors = try verify(certificate, others: certificates)
        return IssuedCertificate(
            certificate: certificate,
            chain: chain(from: certificate, among: certificates + authority.certificates),
            differences: differences(of: certificate) + (anchors.isEmpty ? [.chainNotVerified] : []))
    }

    /// - Returns: the anchors against which the chain was checked.
    private func verify(_ certificate: Certificate, others: [Certificate]) throws(SCEPError) -> [Certificate] {
        if certificate.isCA { throw invalid("the issued certificate is a CA certificate") }
        if certificate.notAfter < now { throw invalid("the issued certificate is out of date") }
        if certificate.notBefore.timeIntervalSince(now) > policy.clockTolerance {
            throw invalid("the issued certificate is not valid yet")
        }
        let anchors = trustAnchors
        if anchors.isEmpty {
            guard certificate.issuer.matches(authority.caCertificate.issuer) else {
                throw invalid("the issued certificate has another issuer than the accepted RA certificate")
            }
            return []
        }
        do {
            let chain = ChainVerifier(anchors: anchors, intermediates: others + authority.certificates)
            try chain.verify(certificate, at: max(now, certificate.notBefore))
        } catch {
            throw invalid("the issued certificate does not lead to the accepted CA: \(error.reason)")
        }
        return anchors
    }

    /// The accepted CA; where an RA certificate was accepted in its place, the CA that issued it, if known.
    private var trustAnchors: [Certificate] {
        let accepted = authority.caCertificate
        if accepted.isCA || accepted.isSelfIssued { return [accepted] }
        return authority.certificates.filter { $0 != accepted && $0.isCA && accepted.isSigned(by: $0) }
    }

    private func chain(from leaf: Certificate, among pool: [Certificate]) -> [Certificate] {
        var chain: [Certificate] = []
        var current = leaf
        while current != authority.caCertificate, !current.isSelfIssued, chain.count < 8,
            let issuer = pool.first(where: {
                $0 != current && $0.isCA && !chain.contains($0) && current.isSigned(by: $0)
            })
        {
            chain.append(issuer)
            current = issuer
        }
        return chain
    }

    private func differences(of certificate: Certificate) -> [IssuedCertificate.Difference] {
        let missing = request.subjectAltNames.filter { !certificate.subjectAltNames.contains($0) }
        return (certificate.subject.matches(request.subject) ? [] : [.subject(certificate.subject)])
            + missing.map { .missingSubjectAltName(String(describing: $0)) }
    }

    private func invalid(_ reason: String) -> SCEPError { SCEPError(.issuedCertificateInvalid, reason) }
}
