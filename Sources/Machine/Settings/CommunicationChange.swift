/// What a change of the Communication Settings took with it (C4).
public struct CommunicationChange: Equatable, Sendable {
    /// The accepted CA belonged to the old server, or to another fingerprint.
    public let clearedAuthority: Bool
    /// The stored challenge password would have gone to the new server.
    public let clearedChallengePassword: Bool
}
