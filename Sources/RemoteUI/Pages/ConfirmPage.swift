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

    /// Tells this page's request from one that another window has put in its place since.
    let draft: String
    let request: IssuanceRequest
    let preparation: IssuancePreparation
    let now: Date
    let times: LocalTime

    var menuItem: String? { "/settings/scep" }

    func title(_ text: Texts) -> String { text("confirm.title") }

    func values(_ text: Texts) -> TemplateValue {
        let authority = CertificateFacts(certificate: preparation.authority, times: times, text: text)
        return [
            "facts": requestFacts(text).value,
            "useNote": request.use == .none || request.use == .tls
                ? false : .text(text("confirm.use-note")),
            "authority": [
                Fact(text("portal.server"), preparation.destination.server.description),
                Fact(text("authority.subject"), CertificateFacts.shown(preparation.authority.subject)),
                authority.notAfter(now: now),
                Fact(text("authority.fingerprint"), .figures(Fingerprint(of: preparation.authority).text)),
            ].block,
            "compare": .flag(preparation.destination.acceptsAuthority),
            "draft": .text(draft),
        ]
    }

    private func requestFacts(_ text: Texts) -> [Fact] {
        [
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
