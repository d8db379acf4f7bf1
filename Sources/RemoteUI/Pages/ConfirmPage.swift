import FoundationEssentials
import Machine
import SCEP

/// The summary of a request before it is sent, with the server and the CA that it goes to (I2, C4, C6). Template `confirm`.
struct ConfirmPage: PageModel {
    static let template = "confirm"
    static let shape: TemplateShape = [
        "facts": Fact.shape, "useNote": .text, "authority": Fact.block,
        "compare": .flag, "draft": .text,
    ]

    let draft: IssuanceDraft
    let now: Date
    let times: LocalTime

    var menuItem: String? { "/settings/scep" }

    func title(_ text: Texts) -> String { text("confirm.title") }

    func values(_ text: Texts) -> TemplateValue {
        let authority = CertificateFacts(certificate: draft.authority, times: times, text: text)
        return [
            "facts": requestFacts(text).value,
            "useNote": draft.request.use == .none || draft.request.use == .tls
                ? false : .text(text("confirm.use-note")),
            "authority": [
                Fact(text("portal.server"), draft.destination.server.description),
                Fact(text("authority.subject"), CertificateFacts.shown(draft.authority.subject)),
                authority.notAfter(now: now),
                Fact(text("authority.fingerprint"), .figures(Fingerprint(of: draft.authority).text)),
            ].block,
            "compare": .flag(draft.destination.acceptsAuthority),
            "draft": .text(draft.id),
        ]
    }

    private func requestFacts(_ text: Texts) -> [Fact] {
        let request = draft.request
        return [
            Fact(text("request.key-name"), request.keyName),
            Fact(text("request.signature"), RequestForm.name(request.signatureAlgorithm)),
            Fact(text("request.length"), String(request.keyLength)),
            Fact(text("request.organization"), request.organization.isEmpty ? "-" : request.organization),
            Fact(text("request.common-name"), request.commonName),
            Fact(
                text("request.challenge"),
                text(request.challengePassword.isEmpty ? "request.challenge.none" : "request.challenge.given")),
            Fact(text("request.location"), request.use.words(text)),
        ]
    }
}
