/// Why a CA was not accepted.
public enum AuthorityRefusal: Error, Hashable, Sendable {
    /// No look-up has shown a CA with this fingerprint to anybody since the last change of the server.
    case notShown
    /// The fingerprint typed in advance is another one.
    case fingerprintMismatch
    /// Another CA is accepted than the one that this one was to replace.
    case otherAccepted
}
