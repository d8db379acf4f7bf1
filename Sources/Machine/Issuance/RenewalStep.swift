import SCEP

/// How a certificate is asked to be renewed, one message after the other: what a server refuses leads on, never back
/// (T10).
enum RenewalStep: String, Sendable, CaseIterable {
    /// What the server announces decides between RenewalReq and PKCSReq; the other of the two follows.
    case automatic
    case renewalReq, pkcsReq
    case thenRenewalReq, thenPKCSReq
    /// A new PKCSReq, which owes nothing to the old certificate.
    case newRequest

    /// The first step of a policy; nil where nothing of the old certificate is wanted.
    init?(_ policy: RenewalPolicy) {
        switch policy {
        case .automatic: self = .automatic
        case .renewalReq: self = .renewalReq
        case .pkcsReqOldCertificate: self = .pkcsReq
        case .newRequest: return nil
        }
    }

    /// How the old certificate is used; nil when it is not.
    var method: RenewalMethod? {
        switch self {
        case .automatic: .automatic
        case .renewalReq, .thenRenewalReq: .renewalReq
        case .pkcsReq, .thenPKCSReq: .pkcsReq
        case .newRequest: nil
        }
    }

    /// Tells the transactions of one key apart.
    var attempt: UInt32 {
        switch self {
        case .automatic, .renewalReq, .pkcsReq: 0
        case .thenRenewalReq, .thenPKCSReq: 1
        case .newRequest: 2
        }
    }

    /// What follows when the server refuses the message of this step; nil at the end.
    func next(after refused: MessageType) -> RenewalStep? {
        switch self {
        case .automatic: refused == .renewalReq ? .thenPKCSReq : .thenRenewalReq
        case .thenRenewalReq, .thenPKCSReq: .newRequest
        case .renewalReq, .pkcsReq, .newRequest: nil
        }
    }
}
