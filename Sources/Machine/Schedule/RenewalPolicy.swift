/// How a certificate is renewed: which message asks for its successor (RFC 8894 §2.3, §3.3.1.2).
public enum RenewalPolicy: String, Codable, Sendable, CaseIterable {
    /// What the server announces decides, and what it refuses is tried another way.
    case automatic
    /// RenewalReq (17), signed with the present certificate, and nothing else.
    case renewalReq
    /// PKCSReq (19), signed with the present certificate, and nothing else: what servers before RFC 8894 take.
    case pkcsReqOldCertificate
    /// A new PKCSReq that owes nothing to the present certificate.
    case newRequest
}
