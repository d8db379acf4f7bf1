/// Settings/Registration: the start of the menu, with what each page is about (P2). Template `settings`.
struct SettingsPage: PageModel {
    static let template = "settings"
    static let shape: TemplateShape = [
        "groups": .list(["name": .text, "items": .list(["name": .text, "href": .text, "about": .text])])
    ]

    let menu: Menu
    var menuItem: String? { "/settings" }

    func title(_ text: Texts) -> String { text("settings.title") }

    func values(_ text: Texts) -> TemplateValue {
        let groups = menu.groups.map { group -> TemplateValue in
            let items = group.items.map { item -> TemplateValue in
                ["name": .text(text(item.key)), "href": .text(item.path), "about": .text(text("about.\(item.key)"))]
            }
            return ["name": .text(text(group.key)), "items": .list(items)]
        }
        return ["groups": .list(groups)]
    }
}
