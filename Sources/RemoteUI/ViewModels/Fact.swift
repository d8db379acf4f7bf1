/// One row of a read-only block: a name and its value.
struct Fact: Sendable {
    enum Content: Sendable {
        case text(String)
        /// Several sentences, one below the other.
        case lines([String])
        /// Figures to be compared character by character, such as a fingerprint.
        case figures(String)
        case time(TemplateValue)
        case status(StatusWord)
    }

    let name: String
    let content: Content
    let note: String?

    init(_ name: String, _ content: Content, note: String? = nil) {
        self.name = name
        self.content = content
        self.note = note
    }

    init(_ name: String, _ text: String, note: String? = nil) { self.init(name, .text(text), note: note) }

    /// The shape of a list of rows.
    static let shape: TemplateShape = .list([
        "name": .text, "text": .text, "lines": .list(.text), "mono": .flag, "time": LocalTime.shape,
        "status": StatusWord.shape, "note": .text,
    ])

    /// A block by the name `facts`, for the partial of this name.
    static let block: TemplateShape = ["facts": shape]

    var value: TemplateValue {
        var value: [String: TemplateValue] = [
            "name": .text(name), "text": false, "lines": false, "mono": false, "time": false, "status": false,
            "note": .optional(note),
        ]
        switch content {
        case .text(let text): value["text"] = .text(text)
        case .lines(let lines): value["lines"] = .list(lines.map { .text($0) })
        case .figures(let text):
            value["text"] = .text(text)
            value["mono"] = true
        case .time(let time): value["time"] = time
        case .status(let status): value["status"] = status.value
        }
        return .object(value)
    }
}

extension [Fact] {
    var value: TemplateValue { .list(map(\.value)) }
    var block: TemplateValue { ["facts": value] }
}
