import HTTP

/// Who sends a request, as far as the server knows: the session behind the cookie, and the token that a form of this
/// browser must carry.
struct Visitor: Sendable {
    let session: Session?
    let language: Language
    /// The anti-forgery token: the session's, or before there is one the one bound to the form cookie. Nil for a
    /// browser without either; no form of such a browser is accepted.
    let token: String?
}
