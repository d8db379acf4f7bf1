/// [Edit Settings for Certificate Issuance Auto Request] (T1–T8, T10). Template `auto`.
struct AutoRequestPage: PageModel {
    static let template = "auto"
    static let shape: TemplateShape = [
        "errors": ErrorSummary.shape, "refused": Lock.shape, "notice": Lock.shape,
        "revision": .text, "challengeLost": .flag,
        "panels": .list([
            "id": .text, "heading": .text, "lead": .text, "fields": [FormField].shape,
            "servers": ["items": .list(["name": .text, "advice": .text])],
        ]),
    ]

    /// The families of servers whose wishes on renewal differ, with the keys of their names and advice.
    static let servers = ["ndes", "micromdm", "step-ca", "ejbca", "dogtag", "cisco", "openxpki"]

    let form: AutoRequestForm
    let errors: ErrorSummary?
    /// What stands in the way of the timer, or what runs while the settings are changed.
    let notice: Lock?
    /// Whether the settings were just refused for it.
    let isRefused: Bool
    /// Of the settings that the form was made from.
    let revision: String

    var menuItem: String? { "/settings/scep" }

    func title(_ text: Texts) -> String { text("auto.edit.title") }

    func values(_ text: Texts) -> TemplateValue {
        let notice = notice?.value ?? false
        return [
            "errors": errors?.value ?? false,
            "refused": isRefused ? notice : false, "notice": isRefused ? false : notice,
            "revision": .text(revision), "challengeLost": .flag(form.isChallengeLost),
            "panels": .list(form.panels.map { panel($0, text) }),
        ]
    }

    private func panel(_ panel: AutoRequestForm.Panel, _ text: Texts) -> TemplateValue {
        let name = panel.kind.rawValue
        return [
            "id": .text("auto-\(name)"), "heading": .text(text("auto.panel.\(name)")),
            "lead": .text(text("auto.panel.\(name).lead")), "fields": panel.fields.value,
            "servers": panel.kind == .renewal ? ["items": .list(Self.servers.map { server($0, text) })] : false,
        ]
    }

    private func server(_ name: String, _ text: Texts) -> TemplateValue {
        ["name": .text(text("auto.server.\(name)")), "advice": .text(text("auto.server.\(name).advice"))]
    }
}
