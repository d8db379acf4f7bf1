import FoundationEssentials
import PKI

/// [Settings for Certificate Issuance Auto Request] (T1 to T8, T10), without the challenge password.
public struct AutoRequestSettings: Codable, Equatable, Sendable {
    /// [Enable Timer for Certificate Issuance Auto Request]
    public var isTimerEnabled = false
    /// [Request Start Date/Time:], by the machine's clock and zone; there while the timer is on.
    public var start: LocalDateTime?
    /// [Auto Adjust Issuance Request Time]
    public var adjustsRequestTime = false
    /// [Perform Polling When Communication Error Occurs or When Issuance Request Is Deferred]
    public var isPollingEnabled = false
    /// How often a request is polled, one of ``pollingTimes``.
    public var pollingTimes = defaultPollingTimes
    /// Minutes between two polls, one of ``pollingIntervals``.
    public var pollingInterval = defaultPollingInterval
    /// [Send Periodic Issuance Requests]
    public var isPeriodic = false
    /// [Request Interval: Every:] in days, one of ``intervals``.
    public var interval = defaultInterval
    /// [Automatically Restart Device After Acquiring Certificate]
    public var restartsDevice = false
    /// [Delete Old Key and Certificate]
    public var deletesOldKey = false
    public var renewal = RenewalSettings()
    /// [Settings for Key and Certificate To Be Issued]; there while the timer is on.
    public var key: AutoRequestKey?

    public static let pollingTimes = 1...100
    public static let defaultPollingTimes = 10
    /// In minutes.
    public static let pollingIntervals = 1...60
    public static let defaultPollingInterval = 1
    /// In days.
    public static let intervals = [1, 7, 30, 60, 90, 180, 365]
    public static let defaultInterval = 90

    /// Everything off, with the defaults.
    public init() {}

    /// The fields that can be wrong.
    public enum Field: Hashable, Sendable {
        case start, pollingTimes, pollingInterval, interval, renewalTrigger, renewalDays, renewalPercent, renewalPolicy
        /// One of [Settings for Key and Certificate To Be Issued].
        case key(IssuanceRequest.Field)
    }

    /// Tells these settings from others: the same for the same settings, always.
    public var revision: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Settings that cannot be written equal no others.
        guard let bytes = try? encoder.encode(self) else { return "" }
        return Hex.encode([UInt8](DigestAlgorithm.sha256.hash([UInt8](bytes)).prefix(8)))
    }

    /// Whether a schedule made under the old settings ends with these: its start counts anew, and has to lie ahead.
    ///
    /// That is so when the timer or the periodic requests are switched on, and when a time that they go by changes (T4).
    func schedulesAnew(after old: AutoRequestSettings) -> Bool {
        guard isTimerEnabled else { return false }
        return !old.isTimerEnabled || isPeriodic && !old.isPeriodic || start != old.start
            || isPeriodic && interval != old.interval
    }
}
