/// Who decides on a request with the right challenge.
public enum Approval: String, Sendable, CaseIterable {
    /// The certificate is issued at once.
    case automatic
    /// The reply is PENDING until somebody runs `practice-ca approve`.
    case manual
}
