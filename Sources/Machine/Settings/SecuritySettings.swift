/// Lock-out, session time-out and General User Mode (L2, L4, L5).
public struct SecuritySettings: Codable, Equatable, Sendable {
    /// [Enable Lockout]; on by default.
    public var isLockoutEnabled: Bool
    /// [Lockout Threshold]: wrong entries in a row, 1 to 10.
    public var lockoutThreshold: Int
    /// [Lockout Period] in minutes, 1 to 60.
    public var lockoutPeriod: Int
    /// Idle time in minutes after which a session ends, 15 to 150.
    public var sessionTimeout: Int
    /// Whether [General User Mode] may be chosen; off by default.
    public var isGeneralUserModeEnabled: Bool

    public static let lockoutThresholds = 1...10
    public static let lockoutPeriods = 1...60
    public static let sessionTimeouts = 15...150

    public init(
        isLockoutEnabled: Bool = true, lockoutThreshold: Int = 5, lockoutPeriod: Int = 3, sessionTimeout: Int = 30,
        isGeneralUserModeEnabled: Bool = false
    ) {
        self.isLockoutEnabled = isLockoutEnabled
        self.lockoutThreshold = lockoutThreshold
        self.lockoutPeriod = lockoutPeriod
        self.sessionTimeout = sessionTimeout
        self.isGeneralUserModeEnabled = isGeneralUserModeEnabled
    }

    public enum Field: String, Hashable, Sendable, CaseIterable { case lockoutThreshold, lockoutPeriod, sessionTimeout }

    /// The form as it was typed.
    public struct Form: Equatable, Sendable {
        public var isLockoutEnabled: Bool
        public var lockoutThreshold: String
        public var lockoutPeriod: String
        public var sessionTimeout: String
        public var isGeneralUserModeEnabled: Bool

        public init(
            isLockoutEnabled: Bool, lockoutThreshold: String, lockoutPeriod: String, sessionTimeout: String,
            isGeneralUserModeEnabled: Bool
        ) {
            self.isLockoutEnabled = isLockoutEnabled
            self.lockoutThreshold = lockoutThreshold
            self.lockoutPeriod = lockoutPeriod
            self.sessionTimeout = sessionTimeout
            self.isGeneralUserModeEnabled = isGeneralUserModeEnabled
        }

        /// The form of settings as they are.
        public init(_ settings: SecuritySettings) {
            self.init(
                isLockoutEnabled: settings.isLockoutEnabled, lockoutThreshold: String(settings.lockoutThreshold),
                lockoutPeriod: String(settings.lockoutPeriod), sessionTimeout: String(settings.sessionTimeout),
                isGeneralUserModeEnabled: settings.isGeneralUserModeEnabled)
        }

        /// The settings, or every problem at once.
        public func validated() throws(FieldErrors<Field>) -> SecuritySettings {
            var errors = FieldErrors<Field>()
            let threshold = errors.check(.lockoutThreshold) { () throws(FieldProblemError) in
                try FieldRules.integer(lockoutThreshold, in: SecuritySettings.lockoutThresholds)
            }
            let period = errors.check(.lockoutPeriod) { () throws(FieldProblemError) in
                try FieldRules.integer(lockoutPeriod, in: SecuritySettings.lockoutPeriods)
            }
            let timeout = errors.check(.sessionTimeout) { () throws(FieldProblemError) in
                try FieldRules.integer(sessionTimeout, in: SecuritySettings.sessionTimeouts)
            }
            guard let threshold, let period, let timeout else { throw errors }
            return SecuritySettings(
                isLockoutEnabled: isLockoutEnabled, lockoutThreshold: threshold, lockoutPeriod: period,
                sessionTimeout: timeout, isGeneralUserModeEnabled: isGeneralUserModeEnabled)
        }
    }
}
