import FoundationEssentials
import PKI

/// Finds the CA among the certificates of a GetCACert reply, whose order means nothing.
struct AnchorSelection {
    let certificates: [Certificate]
    let trust: AuthorityTrust
    let now: Date

    func anchor() throws(SCEPError) -> Certificate {
        guard !certificates.isEmpty else { throw SCEPError(.noCACertificate, "GetCACert gave no certificate") }
        guard let fingerprint = trust.fingerprint else { return try issuingAuthority() }
        if let match = certificates.first(where: fingerprint.matches) {
            guard match.isCA || !certificates.contains(where: \.isCA) else {
                throw SCEPError(
                    .authorityNotAccepted, "the fingerprint is that of the RA \(match.subject), not the CA's")
            }
            return match
        }
        let seen = certificates.map { Fingerprint(of: $0).text }.joined(separator: ", ")
        switch trust {
        case .accepted:
            throw SCEPError(.authorityChanged, "the accepted CA is not among the server's certificates: \(seen)")
        default:
            throw SCEPError(.authorityNotAccepted, "no certificate has the fingerprint that was typed: \(seen)")
        }
    }

    /// The CA that will issue: the lowest one to which every RA belongs. A root above it is not pinned, so that its
    /// other CAs are not trusted along with it.
    private func issuingAuthority() throws(SCEPError) -> Certificate {
        let authorities = certificates.filter(\.isCA)
        let others = certificates.filter { !$0.isCA }
        if authorities.isEmpty { return try authorityWithoutMark(others) }
        let candidates = lowestFirst(authorities)
        guard let found = candidates.first(where: { issued(others, by: $0, through: authorities) }) else {
            throw SCEPError(.raUntrusted, "the RA certificates belong to none of the server's CA certificates")
        }
        return found
    }

    /// Old CA certificates lack basicConstraints: one alone is taken for the CA, else the one that is self-issued.
    private func authorityWithoutMark(_ certificates: [Certificate]) throws(SCEPError) -> Certificate {
        if certificates.count == 1 { return certificates[0] }
        let selfIssued = certificates.filter(\.isSelfIssued)
        guard selfIssued.count == 1 else {
            throw SCEPError(.noCACertificate, "none of the server's \(certificates.count) certificates is a CA's")
        }
        return selfIssued[0]
    }

    /// CAs that issued no other one first; among equals those in force, then the newest.
    private func lowestFirst(_ authorities: [Certificate]) -> [Certificate] {
        let issuers = authorities.map { certificate in
            authorities.indices.filter {
                authorities[$0] != certificate && !isSameName(authorities[$0], certificate)
                    && certificate.isSigned(by: authorities[$0])
            }
        }
        // A round for each step up. Walking every path instead would never end with CAs that certify one another.
        var depths = authorities.map { _ in 0 }
        for _ in 0..<8 {
            depths = issuers.map { above in above.map { 1 + depths[$0] }.max() ?? 0 }
        }
        let ranked = authorities.indices.map {
            (certificate: authorities[$0], depth: depths[$0], inForce: isInForce(authorities[$0]))
        }
        return ranked.sorted {
            if $0.depth != $1.depth { return $0.depth > $1.depth }
            if $0.inForce != $1.inForce { return $0.inForce }
            return $0.certificate.notBefore > $1.certificate.notBefore
        }.map(\.certificate)
    }

    private func issued(_ others: [Certificate], by anchor: Certificate, through authorities: [Certificate]) -> Bool {
        others.allSatisfy { other in
            var current = other
            for _ in 0..<8 {
                if current.isSigned(by: anchor) { return true }
                guard let next = authorities.first(where: { $0 != current && current.isSigned(by: $0) }) else {
                    return false
                }
                current = next
            }
            return false
        }
    }

    private func isSameName(_ left: Certificate, _ right: Certificate) -> Bool { left.subject == right.subject }

    private func isInForce(_ certificate: Certificate) -> Bool {
        certificate.notBefore <= now && now <= certificate.notAfter
    }
}
