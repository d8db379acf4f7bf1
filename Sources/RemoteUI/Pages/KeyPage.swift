import FoundationEssentials
import Machine

/// The details of one key and its certificate (K2). Template `key`.
struct KeyPage: PageModel {
    static let template = "key"
    static let shape: TemplateShape = [
        "key": Fact.block, "certificate": Fact.block, "href": .text, "deletable": .flag, "reason": .text,
        "link": Crumb.shape,
    ]

    let key: KeyEntry
    let pendingRestart: [RestartReason]
    let now: Date
    let times: LocalTime

    var menuItem: String? { "/settings/keys" }

    func title(_ text: Texts) -> String { text("key.title") }

    func values(_ text: Texts) -> TemplateValue {
        let refusal = key.refusalToDelete
        var facts = [
            Fact(text("keys.name"), key.name),
            Fact(text("keys.use"), key.use.words(text)),
            Fact(text("keys.state"), .status(key.state.words(text)), note: pendingRestart.note(on: key, text)),
        ]
        if let problem = key.tlsProblem {
            facts.append(
                Fact(
                    text("key.tls"),
                    .status(
                        problem.preventsService
                            ? StatusWord(.bad, text("key.tls.unusable"))
                            : StatusWord(.warning, text("key.tls.limited"))),
                    note: problem.words(text) + text("form.sentence-space") + problem.remedy(text)))
        }
        facts += [
            Fact(text("key.kind"), text(key.isDefault ? "key.default" : "key.requested")),
            Fact(text("key.created"), .time(times.value(key.createdAt))),
        ]
        return [
            "key": facts.block,
            "certificate": key.certificate.map {
                CertificateFacts(certificate: $0, times: times, text: text).details(now: now).block
            } ?? false,
            "href": .text(key.path), "deletable": .flag(refusal == nil),
            "reason": .optional(refusal?.phrase(text).words(text)),
            "link": refusal?.link(text)?.value ?? false,
        ]
    }
}
