import FoundationEssentials
import Machine
import PKI

/// [Test Connection]: the steps, then what the server is (C5, C6). Template `connection-test`.
struct ConnectionTestPage: PageModel {
    static let template = "connection-test"
    static let shape: TemplateShape = [
        "running": .flag, "server": .text, "steps": StepLine.shape, "failure": FailureWords.shape,
        "found": [
            "facts": Fact.shape, "certificates": .list(["title": .text, "facts": Fact.shape]),
            "accept": ["fingerprint": .text], "verdict": StatusWord.shape,
        ],
    ]

    let test: ConnectionTest
    /// The CA that was accepted before, if any.
    let accepted: AcceptedAuthority?
    let now: Date
    let times: LocalTime

    var menuItem: String? { "/settings/scep" }
    var refresh: Refresh? { test.isRunning ? Refresh(seconds: 1) : nil }

    func title(_ text: Texts) -> String { text("test.title") }

    func values(_ text: Texts) -> TemplateValue {
        [
            "running": .flag(test.isRunning),
            "server": .text(test.server),
            "steps": .list(steps(text).map { $0.value(text) }),
            "failure": failure(text)?.value ?? false,
            "found": test.authority.map { found($0, text) } ?? false,
        ]
    }

    private func steps(_ text: Texts) -> [StepLine] {
        test.steps.map { step in
            let state: StepLine.State =
                switch step.state {
                case .waiting: .waiting
                case .running: .running
                case .done: .done
                case .failed: .failed
                }
            return StepLine(
                name: text("test.step.\(step.kind.rawValue)"), state: state,
                details: step.detail.isEmpty ? [] : [step.detail])
        }
    }

    private func failure(_ text: Texts) -> FailureWords? {
        test.cause.map { cause in
            FailureWords(cause, details: test.httpStatus.map(HistoryDetails.httpStatus), text)
        }
    }

    private func found(_ authority: AuthoritySummary, _ text: Texts) -> TemplateValue {
        let tokens =
            authority.capabilities.isEmpty
            ? text("test.capabilities.none") : authority.capabilities.joined(separator: ", ")
        let certificates =
            [(text("certificate.role.ca"), authority.certificate)]
            + authority.otherCertificates.map { (Self.role($0, text), $0) }
        // Accepting is offered where there is something to accept: no CA yet, or another one than before.
        let isOffered = !test.isAccepted && test.cause == nil
        return [
            "facts": [Fact(text("test.capabilities.tokens"), tokens)].value,
            "certificates": .list(
                certificates.map { title, certificate in
                    let facts = CertificateFacts(certificate: certificate, times: times, text: text)
                    return ["title": .text(title), "facts": facts.summary(now: now).value]
                }),
            "accept": isOffered ? ["fingerprint": .text(authority.fingerprint.text)] : false,
            "verdict": verdict(text)?.value ?? false,
        ]
    }

    private func verdict(_ text: Texts) -> StatusWord? {
        if test.isAccepted { return StatusWord(.good, text("authority.accepted.already")) }
        return accepted == nil ? nil : StatusWord(.bad, text("authority.changed"))
    }

    /// What a certificate of the reply is for, by its own key usage.
    private static func role(_ certificate: Certificate, _ text: Texts) -> String {
        if certificate.isCA { return text("certificate.role.ca") }
        guard let usage = certificate.keyUsage else { return text("certificate.role.ra-both") }
        switch (usage.contains(.digitalSignature), usage.contains(.keyEncipherment)) {
        case (true, true): return text("certificate.role.ra-both")
        case (true, false): return text("certificate.role.ra-signing")
        case (false, true): return text("certificate.role.ra-encryption")
        case (false, false): return text("certificate.role.other")
        }
    }
}
