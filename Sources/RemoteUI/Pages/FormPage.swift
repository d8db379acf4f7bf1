/// A form of settings: fields, [OK] and [Cancel]. Template `form`.
struct FormPage: PageModel {
    static let template = "form"
    static let shape: TemplateShape = [
        "lead": .text, "errors": ErrorSummary.shape, "locked": Lock.shape, "action": .text, "back": .text,
        "fields": [FormField].shape,
    ]

    let title: String
    let lead: String
    let menuItem: String?
    /// Where the form is sent.
    let action: String
    /// Where [Cancel] leads.
    let back: String
    var fields: [FormField]
    var errors: ErrorSummary?
    /// Why nothing can be changed now; the fields are disabled.
    var lock: Lock?

    func title(_ text: Texts) -> String { title }

    func values(_ text: Texts) -> TemplateValue {
        [
            "lead": .text(lead), "errors": errors?.value ?? false, "locked": lock?.value ?? false,
            "action": .text(action), "back": .text(back), "fields": fields.value,
        ]
    }
}
