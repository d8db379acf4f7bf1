/// What went wrong in this module: a code for programs, a reason for people.
///
/// Two errors are equal when their codes are equal, so that tests and callers compare what happened and not its
/// wording.
public struct HTTPError: Error, Sendable {
    /// The kind of failure.
    public enum Code: Sendable, Hashable {
        /// A listening socket could not be opened: address not ours, port taken, no permission.
        case bind
        /// The host name has no address, or could not be looked up.
        case resolve
        /// None of the host's addresses accepted the connection.
        case connect
        /// The deadline passed.
        case timedOut
        /// The peer closed the connection before the message was complete.
        case closed
        /// The calling task was cancelled.
        case cancelled
        /// What the peer sent is not a message of the protocol.
        case malformed
        /// A request that the server must not accept; it is answered with this status code and the connection closes.
        case refused(status: Int)
        /// The message is larger than a configured limit.
        case tooLarge
        /// The TLS handshake, the certificate or the TLS record layer failed.
        case tls
        /// The caller's own value cannot be sent (for example a host name with a space).
        case invalid
        /// A field or cookie that may appear once appears more than once.
        case repeated
        /// The operating system refused a resource (descriptors, threads, memory).
        case system
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence for people; never holds a secret, and nothing of a message body.
    public let reason: String
    /// Whether any byte of the client's request was handed to the connection: the server may have acted on it.
    public let requestMayHaveArrived: Bool
    /// Whether the server accepted the client's connection, whatever came after that.
    public let wasConnected: Bool

    /// An error with its code and reason.
    public init(
        _ code: Code, _ reason: String, requestMayHaveArrived: Bool = false, wasConnected: Bool = false
    ) {
        self.code = code
        self.reason = reason
        self.requestMayHaveArrived = requestMayHaveArrived
        self.wasConnected = wasConnected
    }
}

extension HTTPError: Equatable {
    /// Equal by code only.
    public static func == (left: HTTPError, right: HTTPError) -> Bool {
        left.code == right.code
    }
}

extension HTTPError: CustomStringConvertible {
    /// The reason.
    public var description: String {
        reason
    }
}
