import PKI

extension IssuanceRequest {
    /// The PKCS#10 request; the common name goes into subjectAltName too (I1).
    func certificateRequest(_ key: PrivateKey) throws(PKIError) -> CertificateRequest {
        try CertificateRequest(
            subject: Name(organization: organization.isEmpty ? nil : organization, commonName: commonName), key: key,
            digest: signatureAlgorithm, challengePassword: challengePassword.isEmpty ? nil : challengePassword.text,
            subjectAltNames: [GeneralName(commonName: commonName)])
    }
}
