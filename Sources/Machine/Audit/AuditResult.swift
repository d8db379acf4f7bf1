/// How an audited operation ended.
public enum AuditResult: String, Hashable, Sendable, CaseIterable {
    case ok
    /// A rule forbade it: nothing changed.
    case refused
    case failed
}
