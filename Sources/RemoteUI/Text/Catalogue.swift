import FoundationEssentials

/// All languages of the pages, read from `Templates/strings/*.json`: flat objects of key and text.
///
/// English decides which keys there are; every other language must have exactly these, with the same placeholders.
public struct Catalogue: Sendable {
    private let texts: [Language: Texts]

    /// The languages in the order of the switch in the header: English, then by code.
    public let languages: [Language]

    /// Catalogues given as values.
    public init(_ catalogues: [Texts]) throws(ResourceError) {
        texts = Dictionary(catalogues.map { ($0.language, $0) }, uniquingKeysWith: { $1 })
        languages = texts.keys.sorted { ($0 == .english ? "" : $0.code) < ($1 == .english ? "" : $1.code) }
        guard let english = texts[.english] else {
            throw ResourceError(.unreadable, file: "Templates/strings/en.json", reason: "there is no such catalogue")
        }
        for language in languages {
            guard let other = texts[language] else { continue }
            try Self.compare(other, with: english)
        }
    }

    /// Reads the folder `Templates/strings`.
    public init(folder: String) throws(ResourceError) {
        var catalogues: [Texts] = []
        for name in try ResourceFolder.names(in: folder, shown: "Templates/strings") where name.hasSuffix(".json") {
            let file = "Templates/strings/\(name)"
            guard let language = Language(code: String(name.dropLast(5))) else {
                throw ResourceError(.catalogue, file: file, reason: "the file's name is not a language code")
            }
            let bytes = try ResourceFolder.read("\(folder)/\(name)", shown: file)
            guard let entries = try? JSONDecoder().decode([String: String].self, from: Data(bytes)) else {
                throw ResourceError(.catalogue, file: file, reason: "this is not one flat JSON object of strings")
            }
            catalogues.append(Texts(language: language, entries: entries))
        }
        try self.init(catalogues)
    }

    /// The texts in a language; in English for one that is not there.
    public subscript(language: Language) -> Texts {
        texts[language] ?? texts[.english] ?? Texts(language: .english, entries: [:])
    }

    /// Checks that each key is there, as a page's code will ask for it.
    public func require(_ keys: some Sequence<String>) throws(ResourceError) {
        for key in keys where self[.english].find(key) == nil {
            throw ResourceError(.unknownText, file: "Templates/strings/en.json", reason: "no text “\(key)”")
        }
    }

    /// The language for a request: the one chosen by the cookie, else the best of Accept-Language (RFC 9110 12.5.4),
    /// else English.
    public func choose(cookie: String?, acceptLanguage: String?) -> Language {
        if let cookie, let chosen = languages.first(where: { $0.code == cookie }) { return chosen }
        var best = (language: Language.english, weight: 0)
        for range in (acceptLanguage ?? "").split(separator: ",").prefix(32) {
            let parts = range.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
            let primary = parts[0].split(separator: "-").first.map { $0.lowercased() } ?? ""
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Self.weight($0.dropFirst(2)) } ?? 1000
            guard weight > best.weight, let match = languages.first(where: { $0.code == primary }) else { continue }
            best = (match, weight)
        }
        return best.language
    }

    /// A quality value in thousandths; 0 for one that is not well formed.
    private static func weight(_ text: Substring) -> Int {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = Int(parts[0]), (0...1).contains(whole) else { return 0 }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        let digits = fraction + String(repeating: "0", count: max(0, 3 - fraction.count))
        guard digits.utf8.count == 3, let thousandths = Int(digits) else { return 0 }
        return min(1000, whole * 1000 + thousandths)
    }

    private static func compare(_ other: Texts, with english: Texts) throws(ResourceError) {
        let file = "Templates/strings/\(other.language.code).json"
        if let key = english.keys.subtracting(other.keys).min() {
            throw ResourceError(.catalogue, file: file, reason: "the text “\(key)” of en.json is missing")
        }
        if let key = other.keys.subtracting(english.keys).min() {
            throw ResourceError(.catalogue, file: file, reason: "the text “\(key)” is not in en.json")
        }
        for key in english.keys.sorted() {
            guard let own = other.find(key), let model = english.find(key) else { continue }
            guard Texts.placeholders(in: own) == Texts.placeholders(in: model) else {
                throw ResourceError(
                    .catalogue, file: file, reason: "the text “\(key)” has other placeholders than in en.json")
            }
        }
    }
}
