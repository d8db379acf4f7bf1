/// A question before something that cannot be undone. Template `question`.
struct QuestionPage: PageModel {
    static let template = "question"
    static let shape: TemplateShape = [
        "question": .text, "consequences": .list(.text), "facts": Fact.shape, "action": .text, "subject": .text,
        "button": .text, "buttonClass": .text, "back": .text,
    ]

    let title: String
    let question: String
    let consequences: [String]
    let facts: [Fact]
    let menuItem: String?
    var crumbs: [Crumb] = []
    let action: String
    /// Tells what is asked about from what has taken its place by the time of the answer; in the field `subject`.
    var subject: String?
    let button: String
    /// Whether the button takes something away for good.
    let isDestructive: Bool
    let back: String

    func title(_ text: Texts) -> String { title }

    func values(_ text: Texts) -> TemplateValue {
        [
            "question": .text(question), "consequences": .list(consequences.map { .text($0) }),
            "facts": facts.value, "action": .text(action),
            "subject": .optional(subject), "button": .text(button),
            "buttonClass": .text(isDestructive ? "danger" : "primary"), "back": .text(back),
        ]
    }
}
