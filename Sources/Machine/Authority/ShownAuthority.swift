import SCEP

/// A CA that a look-up has shown to an administrator, with the server that showed it.
struct ShownAuthority: Sendable {
    let server: ServerURL
    let authority: Authority

    var summary: AuthoritySummary {
        AuthoritySummary(
            certificate: authority.caCertificate,
            otherCertificates: authority.certificates.filter { $0 != authority.caCertificate },
            capabilities: authority.capabilities.tokens)
    }
}
