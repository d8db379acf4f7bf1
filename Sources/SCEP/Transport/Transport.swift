/// Carries SCEP requests to one server and its replies back. Redirects are its business; statuses are not.
public protocol Transport: Sendable {
    /// Sends a request by GET.
    /// - Parameters:
    ///   - message: the value of `message=`, not yet percent-encoded; nil leaves it out.
    ///   - deadline: when to give up, however far the exchange has come.
    /// - Throws: ``SCEPError/Code/transport(_:)``, with ``SCEPError/requestMayHaveArrived`` set truthfully.
    func get(
        _ operation: TransportOperation, message: String?, deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply

    /// Sends a message by POST, as `application/x-pki-message`.
    func post(
        _ operation: TransportOperation, body: [UInt8], deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply
}
