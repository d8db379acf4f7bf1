import FoundationEssentials

/// Where the auto request stands: what comes next, and what is under way (S1).
public struct AutoRequestState: Equatable, Sendable {
    /// The request that is to go out next ([To Be Processed]).
    public struct NextRequest: Equatable, Sendable {
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// [Request Start Date/Time:]
            case start
            /// [Send Periodic Issuance Requests]
            case periodic
            /// Before the certificate in service expires (T10).
            case renewal
        }

        /// The adjustment of [Auto Adjust Issuance Request Time] included.
        public let date: Date
        public let kind: Kind
        public let keyName: String

        public init(date: Date, kind: Kind, keyName: String) {
            self.date = date
            self.kind = kind
            self.keyName = keyName
        }
    }

    public let isTimerEnabled: Bool
    /// False while the clock shows a time that cannot be: nothing is due before it is set.
    public let isClockSet: Bool
    /// [Next Request Date/Time:]; nil when the timer is off, the clock is not set, or nothing more is scheduled.
    public let nextRequest: NextRequest?
    /// The automatic request that runs, polls or waits for [Check Again].
    public let current: IssuanceProgress?
    /// When the last automatic request brought a certificate.
    public let lastSuccess: Date?

    public init(
        isTimerEnabled: Bool, isClockSet: Bool = true, nextRequest: NextRequest?, current: IssuanceProgress?,
        lastSuccess: Date?
    ) {
        self.isTimerEnabled = isTimerEnabled
        self.isClockSet = isClockSet
        self.nextRequest = nextRequest
        self.current = current
        self.lastSuccess = lastSuccess
    }
}
