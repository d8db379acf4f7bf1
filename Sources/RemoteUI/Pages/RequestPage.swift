import Machine

/// [Certificate Issuance Request]: the form (I1, I4, I5). Template `request`.
struct RequestPage: PageModel {
    static let template = "request"
    static let shape: TemplateShape = [
        "errors": ErrorSummary.shape, "locked": ["reason": .text, "link": ["href": .text, "name": .text]],
        "keyFields": [FormField].shape, "certificateFields": [FormField].shape, "useFields": [FormField].shape,
    ]

    /// Why no request can be made now, and where to go instead.
    struct Lock: Sendable {
        let reason: String
        let link: Crumb?
    }

    let form: RequestForm
    var errors: ErrorSummary?
    var lock: Lock?

    var menuItem: String? { "/settings/scep" }

    func title(_ text: Texts) -> String { text("request.title") }

    func values(_ text: Texts) -> TemplateValue {
        [
            "errors": errors?.value ?? false,
            "locked": lock.map { lock in
                [
                    "reason": .text(lock.reason),
                    "link": lock.link.map { ["href": .text($0.path), "name": .text($0.label)] } ?? false,
                ]
            } ?? false,
            "keyFields": form.key.value, "certificateFields": form.certificate.value, "useFields": form.use.value,
        ]
    }
}
