import FoundationEssentials
import Machine
import PKI
import SCEP

/// [Test Connection]: the steps, then what the server is (C5, C6). Template `connection-test`.
struct ConnectionTestPage: PageModel {
    static let template = "connection-test"
    static let shape: TemplateShape = [
        "running": .flag, "server": .text, "steps": StepLine.shape, "failure": FailureWords.shape,
        "changed": ["sides": .list(["title": .text, "name": .text, "fingerprint": .text])],
        "found": [
            "facts": Fact.shape,
            "authority": [
                "title": .text, "facts": Fact.shape, "fingerprint": .text, "offer": .flag, "replaces": .flag,
                "verdict": StatusWord.shape,
            ],
            "certificates": .list(["title": .text, "facts": Fact.shape]),
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
            "changed": changed(text),
            "found": test.authority.map { found($0, text) } ?? false,
        ]
    }

    private func steps(_ text: Texts) -> [StepLine] {
        let lines = test.steps.map { step in
            let state: StepLine.State =
                switch step.state {
                case .waiting: .waiting
                case .running: .running
                case .done: .done
                case .failed: .failed
                }
            return StepLine(
                name: text("test.step.\(step.kind.rawValue)"), state: state,
                details: step.detail.isEmpty ? [] : [detail(step, text)])
        }
        return test.isRunning ? lines : lines.ended
    }

    private func detail(_ step: ConnectionTest.Step, _ text: Texts) -> String {
        step.kind == .capabilities ? CapabilitiesDetail(step.detail).words(text) : step.detail
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
        return [
            "facts": [Fact(text("test.capabilities.tokens"), tokens)].value,
            "authority": [
                "title": .text(text("certificate.role.ca")), "facts": facts(authority.certificate, text),
                "fingerprint": .text(authority.fingerprint.text),
                "offer": .flag(!isAccepted && test.cause == nil), "replaces": .flag(isChanged),
                "verdict": isAccepted ? StatusWord(.good, text("authority.accepted.already")).value : false,
            ],
            "certificates": .list(
                authority.otherCertificates.map {
                    ["title": .text(Self.role($0, text)), "facts": facts($0, text)]
                }),
        ]
    }

    private func facts(_ certificate: Certificate, _ text: Texts) -> TemplateValue {
        CertificateFacts(certificate: certificate, times: times, text: text).summary(now: now).value
    }

    private var isAccepted: Bool { accepted != nil && accepted?.certificate == test.authority?.certificate }

    /// Another CA answers than the one that was accepted.
    private var isChanged: Bool { accepted != nil && test.authority != nil && !isAccepted }

    /// The accepted CA and the one that answered, side by side.
    private func changed(_ text: Texts) -> TemplateValue {
        guard isChanged, let old = accepted?.certificate, let new = test.authority?.certificate else { return false }
        let sides = [("authority.accepted-ca", old), ("authority.other-ca", new)]
        return [
            "sides": .list(
                sides.map { key, certificate in
                    [
                        "title": .text(text(key)), "name": .text(CertificateFacts.shown(certificate.subject)),
                        "fingerprint": .text(Fingerprint(of: certificate).text),
                    ]
                })
        ]
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
