import Machine

/// [Certificate Issuance Request]: the form (I1, I4, I5). Template `request`.
struct RequestPage: PageModel {
    static let template = "request"
    static let shape: TemplateShape = [
        "errors": ErrorSummary.shape, "locked": Lock.shape,
        "keyFields": [FormField].shape, "certificateFields": [FormField].shape, "useFields": [FormField].shape,
        "lookUp": .text,
    ]

    let form: RequestForm
    var errors: ErrorSummary?
    var lock: Lock?
    /// The Communication Timeout in seconds, when the server is first asked for its CA (C6).
    var lookUpTimeout: Int?

    var menuItem: String? { "/settings/scep" }

    func title(_ text: Texts) -> String { text("request.title") }

    func values(_ text: Texts) -> TemplateValue {
        [
            "errors": errors?.value ?? false,
            "locked": lock?.value ?? false,
            "keyFields": form.key.value, "certificateFields": form.certificate.value, "useFields": form.use.value,
            "lookUp": .optional(lookUpTimeout.map { text("request.look-up", String($0)) }),
        ]
    }
}
