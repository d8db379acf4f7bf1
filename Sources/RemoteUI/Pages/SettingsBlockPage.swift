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

extension SettingsBlockPage {
    /// A block's addresses: the block itself, and its form under [Edit]. For System Managers only (L6).
    static func routes(
        _ path: String, show: @escaping Route.Handler, edit: @escaping Route.Handler, update: @escaping Route.Handler
    ) -> [Route] {
        [
            Route(.get, path, access: .systemManager, handler: show),
            Route(.get, path + "/edit", access: .systemManager, handler: edit),
            Route(.post, path + "/edit", access: .systemManager, handler: update),
        ]
    }
}
