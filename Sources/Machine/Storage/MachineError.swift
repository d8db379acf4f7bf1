/// A failure of the machine itself (its store, its files, its keys), as opposed to a rule that refuses an action.
///
/// Refusals have their own types (``IssuanceRefusal``, ``KeyRefusal``, ``SetUpError`` and so on), because a page words
/// each of them; a `MachineError` is for the log and the error information.
public struct MachineError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The data directory or a file in it cannot be made, read or protected.
        case dataDirectory
        /// Another process serves this data directory.
        case dataDirectoryInUse
        /// The machine key is missing or is not the one that sealed the store.
        case machineKey
        /// SQLite refused an operation.
        case storage
        /// The disk is full: nothing was written.
        case storageFull
        /// The store was written by a newer version of the program.
        case storageTooNew
        /// A stored value cannot be read back.
        case corrupted
        /// A key, certificate or seal operation failed.
        case cryptography
    }

    public let code: Code
    /// What happened, for the log. Holds no secret.
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Equal by code: the reason is for readers.
    public static func == (left: MachineError, right: MachineError) -> Bool { left.code == right.code }

    public var description: String { "\(code.rawValue): \(reason)" }
}
