import FoundationEssentials
import PKI

/// A certification authority as a SCEP client sees it: the CA, the certificates that act for it, what it can do.
public struct Authority: Sendable, Hashable {
    /// Most certificates that a GetCACert reply may hold, repetitions left out. Every one is checked against every
    /// other, so that more would only keep this machine busy: the reply is not authenticated.
    public static let maximumCertificates = 32

    /// The trust anchor: the certificate whose fingerprint an administrator confirms.
    public let caCertificate: Certificate
    /// All that GetCACert gave, each once. Only those in ``signers`` are trusted.
    public let certificates: [Certificate]
    /// Requests are encrypted to this one alone.
    public let encryptionCertificate: Certificate
    /// Those that may sign replies: the CA, and what chains to it.
    public let signers: [Certificate]
    public let capabilities: Capabilities

    /// The SHA-256 fingerprint of the CA.
    public var fingerprint: Fingerprint { Fingerprint(of: caCertificate) }

    /// The certificates of registration authorities: what is no CA.
    public var raCertificates: [Certificate] { signers.filter { $0 != caCertificate && !$0.isCA } }

    /// The name under which certificates will be issued: what a CertPoll asks for.
    public var issuerName: Name {
        encryptionCertificate.isCA || encryptionCertificate == caCertificate
            ? encryptionCertificate.subject : encryptionCertificate.issuer
    }

    /// Sorts the certificates of a GetCACert reply into their roles (RFC 8894 §2.2, §4.2).
    /// - Parameters:
    ///   - trust: with a fingerprint, the certificate that has it becomes the anchor, and one must have it.
    ///   - now: certificates outside their validity are refused.
    public init(
        certificates: [Certificate], capabilities: Capabilities, trust: AuthorityTrust, now: Date
    ) throws(SCEPError) {
        let unique = certificates.reduce(into: [Certificate]()) { if !$0.contains($1) { $0.append($1) } }
        guard unique.count <= Self.maximumCertificates else {
            throw SCEPError(.malformedReply, "GetCACert gave \(unique.count) certificates")
        }
        let anchor = try AnchorSelection(certificates: unique, trust: trust, now: now).anchor()
        try Self.checkValidity(of: anchor, now: now)
        let chain = ChainVerifier(anchors: [anchor], intermediates: unique)
        var signers = [anchor]
        for certificate in unique where certificate != anchor {
            // An expired one stays known, so that a reply which it signed gets the right name for its fault.
            switch Membership(of: certificate, in: chain, now: now) {
            case .current, .expired, .notYetValid: signers.append(certificate)
            case .stranger(let reason) where !certificate.isCA:
                throw SCEPError(
                    .raUntrusted, "the certificate of \(certificate.subject) is not of the accepted CA: \(reason)")
            case .stranger: break
            }
        }
        caCertificate = anchor
        self.certificates = unique
        self.signers = signers
        self.capabilities = capabilities
        encryptionCertificate = try RecipientSelection(certificates: signers, now: now).recipient()
    }

    /// Checks that the signer of a reply, one of ``signers``, is trusted at this moment.
    func checkSigner(_ signer: Certificate, now: Date) throws(SCEPError) {
        try Self.checkValidity(of: caCertificate, now: now)
        guard signer != caCertificate else { return }
        let chain = ChainVerifier(anchors: [caCertificate], intermediates: certificates)
        switch Membership(of: signer, in: chain, now: now) {
        case .current: return
        case .expired: throw SCEPError(.raExpired, "the certificate of \(signer.subject) is out of date")
        case .notYetValid: throw SCEPError(.raNotYetValid, "the certificate of \(signer.subject) is not valid yet")
        case .stranger(let reason):
            throw SCEPError(.raUntrusted, "the certificate of \(signer.subject) is not of the accepted CA: \(reason)")
        }
    }

    private static func checkValidity(of anchor: Certificate, now: Date) throws(SCEPError) {
        if anchor.notAfter < now { throw SCEPError(.authorityExpired, "the CA certificate is out of date") }
        if anchor.notBefore > now {
            throw SCEPError(.authorityNotYetValid, "the CA certificate is not valid yet by this machine's clock")
        }
    }

    /// How a certificate stands to the accepted CA.
    private enum Membership {
        case current, expired, notYetValid
        case stranger(String)

        init(of certificate: Certificate, in chain: ChainVerifier, now: Date) {
            do {
                try chain.verify(certificate, at: now)
                self = .current
            } catch {
                switch error.code {
                case .expired: self = .expired
                case .notYetValid: self = .notYetValid
                default: self = .stranger(error.reason)
                }
            }
        }
    }
}

extension Authority: Codable {
    private enum CodingKeys: String, CodingKey { case ca, certificates, encryption, signers, capabilities }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        caCertificate = try container.decode(DERCoded<Certificate>.self, forKey: .ca).value
        encryptionCertificate = try container.decode(DERCoded<Certificate>.self, forKey: .encryption).value
        certificates = try container.decode([DERCoded<Certificate>].self, forKey: .certificates).map(\.value)
        signers = try container.decode([DERCoded<Certificate>].self, forKey: .signers).map(\.value)
        capabilities = try container.decode(Capabilities.self, forKey: .capabilities)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(DERCoded(caCertificate), forKey: .ca)
        try container.encode(certificates.map(DERCoded.init), forKey: .certificates)
        try container.encode(DERCoded(encryptionCertificate), forKey: .encryption)
        try container.encode(signers.map(DERCoded.init), forKey: .signers)
        try container.encode(capabilities, forKey: .capabilities)
    }
}
