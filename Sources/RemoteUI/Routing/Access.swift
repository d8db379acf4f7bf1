/// Who may use a route. There is no default: a route without access does not compile (L6).
public enum Access: Sendable, Equatable {
    /// Before and after set-up, without signing in: the liveness probe and the static files.
    case always
    /// After set-up, without signing in: the login page.
    case anyone
    /// Before set-up only; afterwards the route is not found (L1).
    case beforeSetUp
    /// Any session.
    case signedIn
    /// A session in System Manager Mode; a general user gets the 403 page.
    case systemManager
}
