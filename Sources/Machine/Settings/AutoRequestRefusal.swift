/// Why the settings of the auto request, or the timer, were not changed. Nothing changed.
public enum AutoRequestRefusal: Error, Hashable, Sendable {
    /// The Communication Settings have not been made.
    case notConfigured
    /// No CA has been accepted, and no fingerprint has been typed in advance.
    case authorityNotAccepted
    /// A request is being processed.
    case requestInProgress
    /// A request by hand is deferred or unanswered: check it again, or discard it, first.
    case requestWaiting
    /// The machine's clock stands before 2025, or before certificates that it holds were made: no time of day means
    /// anything.
    case clockNotSet
    /// The settings are not those any more that the form was made from.
    case settingsChanged
}
