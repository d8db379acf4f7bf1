import FoundationEssentials

/// What an audit entry is to say.
struct AuditEvent: Sendable {
    let operation: AuditOperation
    var result = AuditResult.ok
    var detail = ""
    let administrator: Administrator
    let date: Date
}
