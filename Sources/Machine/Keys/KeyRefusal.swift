/// Why a key was not deleted (K4).
public enum KeyRefusal: Error, Hashable, Sendable {
    case notFound
    /// It serves this use: switch the function off or give it another key first.
    case inUse(KeyUse)
    /// The default key stays for good.
    case isDefault
    /// A request for its certificate is open.
    case waitingForCertificate
    /// It signs an open request that renews its certificate.
    case signsRenewal
}
