/// A state in a word, with a mark whose shape and colour say the same.
struct StatusWord: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable { case good, busy, warning, bad, off }

    let kind: Kind
    /// In the page's language.
    let word: String

    init(_ kind: Kind, _ word: String) {
        self.kind = kind
        self.word = word
    }

    static let shape: TemplateShape = ["kind": .text, "word": .text]

    var value: TemplateValue { ["kind": .text(kind.rawValue), "word": .text(word)] }
}
