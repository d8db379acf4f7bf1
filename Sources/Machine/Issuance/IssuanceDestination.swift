import SCEP

/// Where an administrator has agreed to send a request: what the page that confirms it showed (C4, C6).
public struct IssuanceDestination: Sendable, Equatable {
    public let server: ServerURL
    /// The fingerprint of the CA that was shown, or the one typed in advance for a CA that nobody has seen yet.
    public let authority: Fingerprint
    /// Whether agreeing accepts the CA, because none was accepted when it was shown.
    public let acceptsAuthority: Bool

    public init(server: ServerURL, authority: Fingerprint, acceptsAuthority: Bool = false) {
        self.server = server
        self.authority = authority
        self.acceptsAuthority = acceptsAuthority
    }
}
