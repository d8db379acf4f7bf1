import FoundationEssentials

/// Audit entries that could not be written.
struct MissedAudit: Equatable, Sendable {
    private(set) var count: Int
    private(set) var first: Date

    init(_ events: [AuditEvent], at now: Date) {
        count = events.count
        first = events.first?.date ?? now
    }

    mutating func add(_ other: MissedAudit) {
        count += other.count
        first = min(first, other.first)
    }

    /// What the log says in their place.
    func event(at now: Date) -> AuditEvent {
        let entries = count == 1 ? "1 entry" : "\(count) entries"
        return AuditEvent(
            operation: .auditGap, result: .failed,
            detail: "\(entries) could not be written, the first at \(first.formatted(.iso8601))",
            administrator: .machine, date: now)
    }
}
