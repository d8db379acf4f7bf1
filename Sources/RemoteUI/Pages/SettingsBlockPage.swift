/// A read-only block of settings with [Edit]. Template `settings-block`.
struct SettingsBlockPage: PageModel {
    static let template = "settings-block"
    static let shape: TemplateShape = ["lead": .text, "heading": .text, "edit": .text, "facts": Fact.shape]

    let title: String
    let lead: String
    let menuItem: String?
    let facts: [Fact]
    /// Where [Edit] leads.
    let edit: String

    func title(_ text: Texts) -> String { title }

    func values(_ text: Texts) -> TemplateValue {
        ["lead": .text(lead), "heading": .text(title), "edit": .text(edit), "facts": facts.value]
    }
}
