import FoundationEssentials

/// Wrong entries in a row and the lock that follows them (L4).
struct Lockout: Equatable, Sendable {
    private(set) var failures = 0
    private(set) var lockedUntil: Date?

    init() {}

    init(failures: Int, lockedUntil: Date?) {
        self.failures = failures
        self.lockedUntil = lockedUntil
    }

    mutating func isLocked(_ settings: SecuritySettings, at now: Date) -> Bool {
        guard settings.isLockoutEnabled, let until = lockedUntil, until > now else { return false }
        // A clock that was set back must not turn three minutes into years.
        let latest = now + period(settings)
        if until > latest { self = Lockout(failures: 0, lockedUntil: latest) }
        return true
    }

    /// Counts a wrong entry; the one that reaches the threshold locks.
    mutating func recordFailure(_ settings: SecuritySettings, at now: Date) {
        guard settings.isLockoutEnabled else { return }
        let locks = failures + 1 >= settings.lockoutThreshold
        self = Lockout(failures: locks ? 0 : failures + 1, lockedUntil: locks ? now + period(settings) : nil)
    }

    /// Judges one entry, and counts it.
    mutating func judge(_ isRight: Bool, _ settings: SecuritySettings, at now: Date) -> SignInResult {
        if isLocked(settings, at: now) { return .lockedOut }
        if isRight {
            self = Lockout()
            return .accepted
        }
        recordFailure(settings, at: now)
        return .refused
    }

    private func period(_ settings: SecuritySettings) -> Double { Double(settings.lockoutPeriod * 60) }
}
