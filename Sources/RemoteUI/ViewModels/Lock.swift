/// Why a form cannot be sent at present, and where to go instead (C3, I4). Its fields are disabled.
struct Lock: Sendable {
    let reason: String
    let link: Crumb?

    static let shape: TemplateShape = ["reason": .text, "link": ["href": .text, "name": .text]]

    var value: TemplateValue {
        [
            "reason": .text(reason),
            "link": link.map { ["href": .text($0.path), "name": .text($0.label)] } ?? false,
        ]
    }

    /// Where [Enable Timer for Certificate Issuance Auto Request] is.
    static func timer(_ key: String, _ text: Texts) -> Lock {
        Lock(reason: text(key), link: Crumb(text("auto.title"), AutoRequestRoutes.path))
    }
}
