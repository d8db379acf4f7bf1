/// Why the practice CA could not do what it was asked.
///
/// Two errors are equal when their codes are: the reason is for a person's eye and never holds a secret.
public struct PracticeCAError: Error, Sendable {
    public enum Code: String, Sendable {
        /// The data folder could not be made, read or written.
        case storage
        /// A file in the data folder is there but does not make sense.
        case damaged
        /// Another practice CA is serving from the same data folder.
        case inUse
        /// No request with that ID, or it is not waiting any more.
        case noSuchRequest
        /// A command line value that cannot be used.
        case invalidOption
        /// A key or a certificate could not be made.
        case cryptography
        /// A request message that cannot be read or is not what its operation says.
        case malformedRequest
        /// The network address could not be used.
        case network
    }

    public let code: Code
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension PracticeCAError: Equatable {
    public static func == (left: PracticeCAError, right: PracticeCAError) -> Bool { left.code == right.code }
}

extension PracticeCAError: CustomStringConvertible {
    public var description: String { reason }
}
