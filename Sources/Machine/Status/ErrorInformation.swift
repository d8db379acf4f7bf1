/// One line of the portal's error information (P1).
public enum ErrorInformation: Hashable, Sendable {
    /// There is no room on the disk: nothing can be changed, and the audit log has gaps.
    case storageFull
    /// The key that should serve TLS cannot be used; another one serves in its place. Without a problem: it cannot be
    /// read.
    case tlsKeyUnusable(name: String, serving: String, TLSProblem? = nil)
    /// The key serves TLS, but not all CA certificates above it are shown: one of them is too weak.
    case tlsIssuersLeftOut(name: String)
    /// The key that should serve another use cannot be read; the one that served before it stays in its place.
    case takeOverFailed(name: String, use: KeyUse, serving: String?)
    /// A stored key or its certificate cannot be read.
    case keyCorrupted(name: String)
    /// The certificate of a key in use has expired.
    case certificateExpired(keyName: String)
    /// A certificate was issued and could not be stored; [Check Again] tries once more.
    case certificateNotStored(keyName: String)
    /// The restart after an automatic request did not start (T5); it is tried again every minute.
    case restartFailed
    /// The timer is on, and its last request ended in an error: nobody may have looked at the status page since.
    case automaticRequestFailed(keyName: String)
}
