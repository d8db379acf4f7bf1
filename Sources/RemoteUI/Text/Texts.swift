/// The words of the pages in one language, by key.
///
/// `text("login.title")`, or `text("status.days-left", "12")` for a text that holds `{0}`, `{1}`….
public struct Texts: Sendable {
    public let language: Language
    private let entries: [String: String]

    public init(language: Language, entries: [String: String]) {
        self.language = language
        self.entries = entries
    }

    /// The text with its placeholders filled in. The arguments are taken as they are: nothing in them is expanded.
    /// A key that is not in the catalogue gives the key itself, so that the hole is seen and named.
    public func callAsFunction(_ key: String, _ arguments: String...) -> String { fill(key, arguments) }

    /// As the call with a list of arguments.
    public func fill(_ key: String, _ arguments: [String]) -> String {
        guard let text = entries[key] else { return key }
        guard !arguments.isEmpty else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            let after = rest.index(after: open)
            if let close = rest[after...].firstIndex(of: "}"), let index = Int(rest[after..<close]),
                arguments.indices.contains(index)
            {
                result += arguments[index]
                rest = rest[rest.index(after: close)...]
            } else {
                result += "{"
                rest = rest[after...]
            }
        }
        return result + rest
    }

    /// The text as it stands in the catalogue; nil when the key is not there.
    public func find(_ key: String) -> String? { entries[key] }

    /// Every key, for the check that all languages have the same ones.
    public var keys: Set<String> { Set(entries.keys) }

    /// The numbers of the placeholders in a text.
    static func placeholders(in text: String) -> Set<Int> {
        var found: Set<Int> = []
        for piece in text.split(separator: "{", omittingEmptySubsequences: false).dropFirst() {
            if let close = piece.firstIndex(of: "}"), let index = Int(piece[..<close]) { found.insert(index) }
        }
        return found
    }
}
