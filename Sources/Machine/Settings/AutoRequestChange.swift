import FoundationEssentials

/// What a change of [Settings for Certificate Issuance Auto Request] led to.
public struct AutoRequestChange: Equatable, Sendable {
    public let isTimerEnabled: Bool
    /// [Next Request Date/Time:], the adjustment included; nil when nothing is scheduled.
    public let nextRequest: Date?
    /// A request was polling, and does so no more: timer or polling was switched off.
    public let stoppedRequest: Bool
}
