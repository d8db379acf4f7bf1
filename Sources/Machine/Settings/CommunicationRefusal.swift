/// Why the Communication Settings were not changed, or the connection was not tested.
public enum CommunicationRefusal: Error, Hashable, Sendable {
    /// [Enable Timer for Certificate Issuance Auto Request] is on (C3).
    case timerEnabled
    /// There is no server to test yet.
    case notConfigured
}
