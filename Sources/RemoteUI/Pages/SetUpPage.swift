/// The first page of a machine without administrator (L1). Template `setup`.
struct SetUpPage: PageModel {
    static let template = "setup"
    static let shape: TemplateShape = ["errors": ErrorSummary.shape, "fields": [FormField].shape]

    let fields: [FormField]
    let errors: ErrorSummary?

    func title(_ text: Texts) -> String { text("setup.title") }

    func values(_ text: Texts) -> TemplateValue { ["errors": errors?.value ?? false, "fields": fields.value] }
}
