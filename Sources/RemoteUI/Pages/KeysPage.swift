import Machine

/// [Registered Key and Certificate] (K1). Template `keys`.
struct KeysPage: PageModel {
    static let template = "keys"
    static let shape: TemplateShape = [
        "lead": .text,
        "keys": .list([
            "name": .text, "href": .text, "icon": .text, "use": .text, "subject": .text, "issuer": .text,
            "notAfter": LocalTime.shape, "state": StatusWord.shape, "note": .text, "problem": .text,
            "deletable": .flag, "reason": .text,
            "link": Crumb.shape,
        ]),
    ]

    let keys: [KeyEntry]
    let limit: Int
    let pendingRestart: [RestartReason]
    let times: LocalTime

    var menuItem: String? { "/settings/keys" }

    func title(_ text: Texts) -> String { text("keys.title") }

    func values(_ text: Texts) -> TemplateValue {
        [
            "lead": .text(text("keys.lead", String(keys.count), String(limit))),
            "keys": .list(keys.map { row($0, text) }),
        ]
    }

    private func row(_ key: KeyEntry, _ text: Texts) -> TemplateValue {
        let refusal = key.refusalToDelete
        return [
            "name": .text(key.name), "href": .text(key.path), "icon": .text(key.icon),
            "use": .text(key.use.words(text)),
            "subject": .text(key.subject.map(CertificateFacts.short) ?? text("keys.no-certificate")),
            "issuer": .text(key.issuer.map(CertificateFacts.short) ?? "-"),
            "notAfter": key.notAfter.map { times.value($0) } ?? false,
            "state": key.state.words(text).value, "note": .optional(pendingRestart.note(on: key, text)),
            "problem": .optional(key.tlsProblem?.words(text)),
            "deletable": .flag(refusal == nil),
            "reason": .optional(refusal?.phrase(text).words(text)),
            "link": refusal?.link(text)?.value ?? false,
        ]
    }
}
