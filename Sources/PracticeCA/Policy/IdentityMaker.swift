import FoundationEssentials
import PKI

/// Makes the CA's own certificates.
struct IdentityMaker: Sendable {
    let now: Date
    let random: any RandomSource

    /// A self-signed CA certificate whose key may also sign and open messages: with the RFC profile the CA does both.
    func root(key: PrivateKey) throws(PKIError) -> Certificate {
        let subject = try Name(
            organization: CertificateAuthority.organization, commonName: CertificateAuthority.commonName)
        var template = try template(subject: subject, key: key, validity: CertificateAuthority.validityOfCA)
        template.isCA = true
        template.pathLength = 0
        template.keyUsage = [.keyCertSign, .cRLSign, .digitalSignature, .keyEncipherment]
        return try template.selfSigned(with: key, digest: .sha256)
    }

    /// One of NDES's two certificates, each with one key usage.
    func registrationAuthority(
        key: PrivateKey, usage: KeyUsage, issuer: Identity
    ) throws(PKIError) -> Certificate {
        let subject = try Name(organization: CertificateAuthority.organization, commonName: "PRACTICE-MSCEP-RA")
        var template = try template(subject: subject, key: key, validity: CertificateAuthority.validityOfRA)
        template.keyUsage = usage
        template.extendedKeyUsages = [CertificateAuthority.enrolmentAgent]
        return try template.issued(by: issuer.certificate, key: issuer.key, digest: .sha256)
    }

    /// A self-signed certificate of nobody in particular.
    func stranger(key: PrivateKey) throws(PKIError) -> Certificate {
        var template = try template(subject: Name(commonName: "Stranger"), key: key, validity: 86400)
        template.keyUsage = [.digitalSignature, .keyEncipherment]
        return try template.selfSigned(with: key, digest: .sha256)
    }

    private func template(
        subject: Name, key: PrivateKey, validity: TimeInterval
    ) throws(PKIError) -> CertificateTemplate {
        let notBefore = now.addingTimeInterval(-86400)
        return CertificateTemplate(
            subject: subject, publicKey: key.publicKey, serialNumber: try SerialNumber.random(using: random),
            notBefore: notBefore, notAfter: now.addingTimeInterval(validity))
    }
}
