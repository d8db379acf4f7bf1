import FoundationEssentials
import PKI

/// Chooses the one certificate that requests are encrypted to, by keyUsage. Encrypting to more than one breaks NDES.
struct RecipientSelection {
    /// Certificates of the authority that are trusted.
    let certificates: [Certificate]
    let now: Date

    /// Bits. What is encrypted to a shorter key, the challenge password too, can be read by anyone who tries.
    static let shortestKey = 1024

    func recipient() throws(SCEPError) -> Certificate {
        let usable = certificates.filter { $0.publicKey.isRSA && $0.publicKey.bits >= Self.shortestKey }
        let registration = usable.filter { rank($0) != nil }
        // An expired RA certificate must not push the choice on to the CA: the server could not decrypt that.
        if let best = registration.filter(isInForce).min(by: precedes) { return best }
        if let unusable = registration.min(by: precedes) {
            throw unusable.notAfter < now
                ? SCEPError(.raExpired, "the RA certificate of \(unusable.subject) is out of date")
                : SCEPError(.raNotYetValid, "the RA certificate of \(unusable.subject) is not valid yet")
        }
        let authorities = usable.filter(isAuthority)
        if let best = lowest(authorities.filter { $0.keyUsage?.contains(.keyEncipherment) ?? true }) { return best }
        if let best = lowest(authorities) { return best }
        throw SCEPError(
            .noEncryptionCertificate,
            "none of the authority's \(certificates.count) certificates has an RSA key of "
                + "\(Self.shortestKey) bits or more to encrypt to")
    }

    /// The order among end-entity certificates; nil for one that does not decrypt.
    private func rank(_ certificate: Certificate) -> Int? {
        guard !isAuthority(certificate) else { return nil }
        guard let usage = certificate.keyUsage else { return 3 }
        if usage.contains(.keyEncipherment) { return usage.contains(.digitalSignature) ? 1 : 0 }
        return usage.contains(.dataEncipherment) ? 2 : nil
    }

    private func precedes(_ left: Certificate, _ right: Certificate) -> Bool {
        let ranks = (rank(left) ?? 9, rank(right) ?? 9)
        return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : left.notBefore > right.notBefore
    }

    /// A lone certificate counts as the authority even if it is not marked as a CA.
    private func isAuthority(_ certificate: Certificate) -> Bool {
        certificate.isCA || certificates.count == 1
    }

    /// The CA that issued no other one, the newest of several.
    private func lowest(_ authorities: [Certificate]) -> Certificate? {
        let issuers = authorities.filter { issuer in
            authorities.contains { $0 != issuer && $0.subject != issuer.subject && $0.isSigned(by: issuer) }
        }
        let lowest = authorities.filter { !issuers.contains($0) }
        return (lowest.isEmpty ? authorities : lowest).max { $0.notBefore < $1.notBefore }
    }

    private func isInForce(_ certificate: Certificate) -> Bool {
        certificate.notBefore <= now && now <= certificate.notAfter
    }
}
