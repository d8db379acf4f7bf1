/// How a server is asked to renew a certificate. In either message the certificate that is being renewed signs.
public enum RenewalMethod: String, Codable, Sendable, CaseIterable {
    /// What the server's capabilities speak for: see ``Capabilities/renewalType``.
    case automatic
    /// RenewalReq (17), as RFC 8894 has it (§3.3.1.2).
    case renewalReq
    /// PKCSReq (19) signed with the old certificate, as drafts before the RFC had it: NDES, Cisco.
    case pkcsReq

    /// The message of a method that leaves nothing to the server.
    var fixedType: MessageType? {
        switch self {
        case .automatic: nil
        case .renewalReq: .renewalReq
        case .pkcsReq: .pkcsReq
        }
    }
}
