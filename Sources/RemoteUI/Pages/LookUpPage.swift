import Machine

/// While the CA is looked up that a request is to be sent to (C6). Template `look-up`.
struct LookUpPage: PageModel {
    static let template = "look-up"
    static let shape: TemplateShape = ["lead": .text, "draft": .text]

    let draft: String
    let settings: CommunicationSettings

    var menuItem: String? { "/settings/scep" }
    var refresh: Refresh? { Refresh(seconds: 1) }

    func title(_ text: Texts) -> String { text("confirm.look-up.title") }

    func values(_ text: Texts) -> TemplateValue {
        [
            "lead": .text(text("confirm.look-up.lead", settings.server.description, String(settings.timeout))),
            "draft": .text(draft),
        ]
    }
}
