import Foundation

/// The catalogue keys that the sources and templates of the pages name.
struct SourceKeys {
    /// Whole keys.
    var exact: Set<String> = []
    /// Beginnings of keys whose rest is put in by the code, such as `step.` of `step.\(state)`.
    var prefixes: Set<String> = []

    static func all() throws -> SourceKeys {
        var keys = SourceKeys()
        for folder in ["Sources/RemoteUI", "Templates"] {
            let root = URL(fileURLWithPath: "\(Renderings.package)/\(folder)")
            let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                switch file.pathExtension {
                case "swift": keys.addLiterals(of: try String(contentsOf: file, encoding: .utf8))
                case "html": keys.addTags(of: try String(contentsOf: file, encoding: .utf8))
                default: break
                }
            }
        }
        return keys
    }

    /// Every string literal that has the look of a key.
    private mutating func addLiterals(of source: String) {
        for line in source.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
            for (index, piece) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            where index % 2 == 1 {
                let literal = String(piece)
                if let cut = literal.firstRange(of: "\\(") {
                    let start = String(literal[..<cut.lowerBound])
                    if start.contains(".") && isKey(start) { prefixes.insert(start) }
                } else if isKey(literal), literal.contains("."), !literal.hasSuffix(".") {
                    if isText(literal) { exact.insert(literal) }
                }
            }
        }
    }

    private mutating func addTags(of template: String) {
        for piece in template.split(separator: "{{t.").dropFirst() {
            exact.insert(String(piece.prefix { $0 != "}" }))
        }
    }

    /// Groups of keys by their first word; other literals with a full stop (file names, OIDs) are no keys.
    private func isText(_ literal: String) -> Bool {
        let groups: Set<Substring> = [
            "about", "auto", "authority", "banner", "button", "cause", "certificate", "communication", "confirm",
            "details", "device", "discard", "error", "failure", "form", "key", "keys", "language", "layout", "login",
            "manager", "menu", "message", "portal", "problem", "progress", "refusal", "remedy", "request", "restart",
            "role", "scep", "security", "settings", "setup", "status", "step", "test", "waiting",
        ]
        return groups.contains(literal.prefix { $0 != "." })
    }

    private func isKey(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}
