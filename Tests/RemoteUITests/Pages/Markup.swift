/// The tags of a page and the text between them, read as a browser reads well-formed HTML.
struct Markup {
    struct Tag {
        let name: String
        let attributes: [String: String]
        let isClosing: Bool
        /// The text up to the next tag, entities resolved.
        var text = ""
    }

    private(set) var tags: [Tag] = []

    init(_ html: String) {
        for piece in html.split(separator: "<", omittingEmptySubsequences: true) {
            guard let end = Self.endOfTag(piece) else { continue }
            let inside = piece[..<end]
            guard let first = inside.first, first.isLetter || first == "/" else { continue }
            let name = inside.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
            var tag = Tag(
                name: name.lowercased(), attributes: Self.attributes(inside.dropFirst(name.count)),
                isClosing: first == "/")
            tag.text = Self.resolved(String(piece[piece.index(after: end)...]))
            tags.append(tag)
        }
    }

    func all(_ names: String...) -> [Tag] { tags.filter { names.contains($0.name) && !$0.isClosing } }

    /// The text of an element that holds nothing but text.
    func label(for id: String) -> String? { all("label").first { $0.attributes["for"] == id }?.text }

    private static func endOfTag(_ piece: Substring) -> Substring.Index? {
        var quoted = false
        for index in piece.indices {
            if piece[index] == "\"" { quoted.toggle() }
            if piece[index] == ">" && !quoted { return index }
        }
        return nil
    }

    private static func attributes(_ text: Substring) -> [String: String] {
        var found: [String: String] = [:]
        var rest = text.drop { $0.isWhitespace }
        while let first = rest.first, first.isLetter {
            let name = rest.prefix { !$0.isWhitespace && $0 != "=" }
            rest = rest.dropFirst(name.count)
            var value = ""
            if rest.first == "=" {
                let quoted = rest.dropFirst(2).prefix { $0 != "\"" }
                value = resolved(String(quoted))
                rest = rest.dropFirst(quoted.count + 3)
            }
            found[String(name)] = value
            rest = rest.drop { $0.isWhitespace }
        }
        return found
    }

    private static func resolved(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
