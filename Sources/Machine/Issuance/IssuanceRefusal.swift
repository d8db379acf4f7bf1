/// Why an issuance request was not begun. Nothing was sent, and nothing changed.
public enum IssuanceRefusal: Error, Hashable, Sendable {
    /// [Enable Timer for Certificate Issuance Auto Request] is on (I4).
    case timerEnabled
    /// Another request is being processed.
    case requestInProgress
    /// Another request is deferred or unanswered: check it again, or discard it, first.
    case requestWaiting(IssuanceID)
    /// [Key and Certificate Registration Limit Error] (K5); written to the history too.
    case keyLimit(Int)
    case keyNameInUse
    /// The CA was not accepted, or the accepted one is not the one that was shown.
    case authorityNotAccepted
    /// The server or the CA is not the one that the administrator was shown and agreed to (C4).
    case settingsChanged
    /// The Communication Settings have not been made.
    case notConfigured
    /// The machine's clock stands before 2025, so that no certificate can be judged.
    case clockNotSet
    /// The request named is not there any more, or is not one that waits.
    case notWaiting
    /// The server is being asked for the request named at this moment.
    case underWay
    /// The look-up of the CA failed; the history has it under this number.
    case lookUpFailed(historyNumber: Int)
}
