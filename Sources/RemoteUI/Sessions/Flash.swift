/// The result of a POST, shown once on the next page (L7). Words are kept as key and arguments, so that it is shown in
/// the language of that page. It holds no secret.
public struct Flash: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case success, info, warning, error
    }

    public let kind: Kind
    /// The key of the text.
    public let key: String
    /// What fills the text's placeholders.
    public let arguments: [String]

    public init(_ kind: Kind, _ key: String, _ arguments: String...) {
        self.kind = kind
        self.key = key
        self.arguments = arguments
    }
}
