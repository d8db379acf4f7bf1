/// What the page that confirms a request shows beside its summary (C6).
public enum IssuancePreparation: Sendable, Equatable {
    /// The CA is accepted: [OK] sends.
    case ready(AcceptedAuthority)
    /// No CA is accepted yet: [OK] accepts this one, by its fingerprint, and sends.
    case confirmAuthority(AuthoritySummary)
}
