/// A fault in what the executable loads at start: a template, a string catalogue, a static file.
///
/// It stops the start: a page with a hole in it is worse than a server that says which line to mend.
/// Equal by code, so that a test can name the fault without its wording.
public struct ResourceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Sendable, Equatable {
        /// A file or folder is missing or cannot be read.
        case unreadable
        /// The template breaks the syntax, or uses a part of Mustache that is not offered.
        case syntax
        /// The template uses a name that its page's model does not give.
        case unknownName
        /// The template includes a partial that is not there, or that includes itself.
        case unknownPartial
        /// A key is missing in a string catalogue.
        case unknownText
        /// A string catalogue is not a flat JSON object of strings, or differs from the other languages' ones.
        case catalogue
        /// Two routes claim one method and path, or a path is not well formed.
        case route
    }

    /// What is wrong.
    public let code: Code
    /// The file, relative to the resources folder.
    public let file: String
    /// The line in the file, counted from 1; 0 when the fault is not on a line.
    public let line: Int
    /// What is wrong, in words for whoever mends the file.
    public let reason: String

    public init(_ code: Code, file: String, line: Int = 0, reason: String) {
        self.code = code
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String { line > 0 ? "\(file):\(line): \(reason)" : "\(file): \(reason)" }

    public static func == (left: ResourceError, right: ResourceError) -> Bool { left.code == right.code }
}
