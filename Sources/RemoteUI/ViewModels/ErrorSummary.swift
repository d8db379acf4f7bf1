/// What stands above a form that was not accepted: each problem, with a link to its field.
struct ErrorSummary: Sendable {
    struct Item: Sendable {
        /// The field to lead to; nil for a problem of the whole form.
        let field: String?
        let label: String?
        let message: String
    }

    let title: String
    let items: [Item]
    let remedy: String?

    /// A summary of the fields that have an error; nil when none has.
    init?(title: String, fields: [FormField]) {
        let items = fields.compactMap { field -> Item? in
            // Some labels of the manuals end in a colon; the summary has its own.
            let label = field.label.last == ":" ? String(field.label.dropLast()) : field.label
            return field.error.map { Item(field: field.id, label: label, message: $0) }
        }
        guard !items.isEmpty else { return nil }
        self.init(title: title, items: items)
    }

    /// A problem of the whole form.
    init(title: String, message: String, remedy: String? = nil) {
        self.init(title: title, items: [Item(field: nil, label: nil, message: message)], remedy: remedy)
    }

    private init(title: String, items: [Item], remedy: String? = nil) {
        self.title = title
        self.items = items
        self.remedy = remedy
    }

    static let shape: TemplateShape = [
        "title": .text, "remedy": .text,
        "items": .list(["href": .text, "label": .text, "message": .text]),
    ]

    var value: TemplateValue {
        let items = items.map { item -> TemplateValue in
            [
                "href": .optional(item.field.map { "#\($0)" }), "label": .optional(item.label),
                "message": .text(item.message),
            ]
        }
        return ["title": .text(title), "remedy": .optional(remedy), "items": .list(items)]
    }
}
