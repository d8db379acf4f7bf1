/// What is known of the CA before it is asked.
public enum AuthorityTrust: Sendable, Hashable, Codable {
    /// Nothing yet: look, and show the fingerprint to a person.
    case unconfirmed
    /// An administrator typed the fingerprint in advance.
    case typed(Fingerprint)
    /// This CA was accepted earlier.
    case accepted(Fingerprint)

    var fingerprint: Fingerprint? {
        switch self {
        case .unconfirmed: nil
        case .typed(let fingerprint), .accepted(let fingerprint): fingerprint
        }
    }
}
