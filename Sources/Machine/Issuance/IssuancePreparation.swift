import PKI
import SCEP

/// What the page that confirms a request shows beside its summary (C4, C6): the server as it was set when its CA was
/// looked at, and the CA.
public enum IssuancePreparation: Sendable, Equatable {
    /// The CA is accepted: [OK] sends.
    case ready(AcceptedAuthority, ServerURL)
    /// No CA is accepted yet: [OK] accepts this one, by its fingerprint, and sends.
    case confirmAuthority(AuthoritySummary, ServerURL)

    public var authority: Certificate {
        switch self {
        case .ready(let accepted, _): accepted.certificate
        case .confirmAuthority(let shown, _): shown.certificate
        }
    }

    /// What [OK] agrees to, and nothing else.
    public var destination: IssuanceDestination {
        switch self {
        case .ready(let accepted, let server): IssuanceDestination(server: server, authority: accepted.fingerprint)
        case .confirmAuthority(let shown, let server):
            IssuanceDestination(server: server, authority: shown.fingerprint, acceptsAuthority: true)
        }
    }
}
