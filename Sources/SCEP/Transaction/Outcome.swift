/// What a verified reply means for its transaction.
public enum Outcome: Sendable, Equatable {
    case issued(IssuedCertificate)
    /// A person at the CA decides; ask again by CertPoll.
    case pending
    case failed(Failure)
}
