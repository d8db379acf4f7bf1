/// The login page: [System Manager Mode] and, where it is allowed, [General User Mode] (L2). Template `login`.
struct LoginPage: PageModel {
    static let template = "login"
    static let shape: TemplateShape = [
        "reason": .text, "errors": ErrorSummary.shape, "next": .text, "choice": .flag, "general": .flag,
        "fields": [FormField].shape, "userField": FormField.shape,
    ]

    /// What led here: set-up is done, a session has ended, or a page that needs one was asked for.
    var reason: String?
    var isRefused = false
    /// Where to go on.
    let next: String?
    let offersGeneralUserMode: Bool
    var isGeneralUser = false
    var systemManagerID = ""
    var userName = ""

    func title(_ text: Texts) -> String { text("login.title") }

    func values(_ text: Texts) -> TemplateValue {
        let fields = [
            FormField(
                id: "system_manager_id", label: text("manager.id"), hint: text("login.id.hint"), kind: .text,
                value: systemManagerID, isRequired: true, autocomplete: "username"),
            FormField(
                id: "pin", label: text("manager.pin"), hint: text("login.pin.hint"),
                kind: .secret(autocomplete: "current-password"), isRequired: true),
        ]
        let userField = FormField(
            id: "user_name", label: text("login.user"), hint: text("login.user.hint"), kind: .text, value: userName)
        // One reply, whatever was wrong (L4).
        let errors =
            isRefused
            ? ErrorSummary(title: text("login.refused.title"), message: text("login.refused")) : nil
        return [
            "reason": .optional(reason), "errors": errors?.value ?? false, "next": .text(next ?? ""),
            "choice": .flag(offersGeneralUserMode), "general": .flag(isGeneralUser && offersGeneralUserMode),
            "fields": fields.value, "userField": userField.templateValue,
        ]
    }
}
