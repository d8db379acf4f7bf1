/// A text of the catalogue with what fills it, before it is known in which language it will be read.
struct Phrase: Sendable, Equatable {
    let key: String
    let argument: String?

    init(_ key: String, _ argument: String? = nil) {
        self.key = key
        self.argument = argument
    }

    func words(_ text: Texts) -> String { text.fill(key, argument.map { [$0] } ?? []) }

    /// As a result for the next page.
    func flash(_ kind: Flash.Kind) -> Flash {
        argument.map { Flash(kind, key, $0) } ?? Flash(kind, key)
    }
}
