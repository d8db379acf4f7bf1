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

    func isLocked(_ scope: Scope, _ settings: SecuritySettings, at now: Date) throws -> Bool {
        guard settings.isLockoutEnabled, let until = try row(scope)?.optionalDate("locked_until"), until > now else {
            return false
        }
        // A clock that was set back must not turn three minutes into years.
        let latest = now + period(settings)
        if until > latest { try set(scope, failures: 0, lockedUntil: latest) }
        return true
    }

    /// Counts a wrong entry; the one that reaches the threshold locks.
    func recordFailure(_ scope: Scope, _ settings: SecuritySettings, at now: Date) throws {
        guard settings.isLockoutEnabled else { return }
        let failures = (try row(scope)?.integer("failures") ?? 0) + 1
        let locks = failures >= settings.lockoutThreshold
        try set(scope, failures: locks ? 0 : failures, lockedUntil: locks ? now + period(settings) : nil)
    }

    func clear(_ scope: Scope) throws {
        try connection.run("DELETE FROM lockout WHERE scope = ?", [.text(scope.rawValue)])
    }

    private func period(_ settings: SecuritySettings) -> Double { Double(settings.lockoutPeriod * 60) }

    private func row(_ scope: Scope) throws -> Row? {
        try connection.run("SELECT * FROM lockout WHERE scope = ?", [.text(scope.rawValue)]).first
    }

    private func set(_ scope: Scope, failures: Int, lockedUntil: Date?) throws {
        try connection.run(
            "INSERT OR REPLACE INTO lockout (scope, failures, locked_until) VALUES (?, ?, ?)",
            [.text(scope.rawValue), SQLValue(failures), SQLValue(lockedUntil)])
    }
}
