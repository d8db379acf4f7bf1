import FoundationEssentials

/// Wrong entries and the lock that follows them, kept in the store so that a restart does not open it (L4); used inside
/// a database transaction.
struct LockoutTable {
    let connection: Connection

    /// What is guarded; each has its own count.
    enum Scope: String, Sendable {
        case signIn
        case setUp
    }

    func state(_ scope: Scope) throws -> Lockout {
        let rows = try connection.run("SELECT * FROM lockout WHERE scope = ?", [.text(scope.rawValue)])
        guard let row = rows.first else { return Lockout() }
        return Lockout(failures: try row.integer("failures"), lockedUntil: try row.optionalDate("locked_until"))
    }

    func set(_ scope: Scope, _ lockout: Lockout) throws {
        guard try state(scope) != lockout else { return }
        try connection.run(
            "INSERT OR REPLACE INTO lockout (scope, failures, locked_until) VALUES (?, ?, ?)",
            [.text(scope.rawValue), SQLValue(lockout.failures), SQLValue(lockout.lockedUntil)])
    }

    func isLocked(_ scope: Scope, _ settings: SecuritySettings, at now: Date) throws -> Bool {
        try change(scope) { $0.isLocked(settings, at: now) }
    }

    /// Counts a wrong entry; the one that reaches the threshold locks.
    func recordFailure(_ scope: Scope, _ settings: SecuritySettings, at now: Date) throws {
        try change(scope) { $0.recordFailure(settings, at: now) }
    }

    func clear(_ scope: Scope) throws { try set(scope, Lockout()) }

    private func change<Value>(_ scope: Scope, _ body: (inout Lockout) -> Value) throws -> Value {
        var lockout = try state(scope)
        let value = body(&lockout)
        try set(scope, lockout)
        return value
    }
}
