/// Renewal before a certificate expires (T10).
public struct RenewalSettings: Codable, Equatable, Sendable {
    /// When a certificate is due for renewal.
    public enum Trigger: Codable, Equatable, Sendable {
        case off
        /// That many days before the end of its validity, 1 to 365.
        case daysBefore(Int)
        /// When that many per cent of its life have passed, 50 to 99.
        case percentOfLife(Int)
    }

    public var trigger: Trigger
    public var policy: RenewalPolicy
    /// Whether a request that the present certificate signs carries the challenge password too.
    public var sendsChallengePassword: Bool

    public static let days = 1...365
    public static let defaultDays = 30
    public static let percents = 50...99
    public static let defaultPercent = 80

    public init(trigger: Trigger = .off, policy: RenewalPolicy = .automatic, sendsChallengePassword: Bool = false) {
        self.trigger = trigger
        self.policy = policy
        self.sendsChallengePassword = sendsChallengePassword
    }
}
