import Machine

/// [Settings for Certificate Issuance Request (SCEP)]: read-only blocks, each with its button, and the status list (S4).
/// Template `scep`.
struct SCEPPage: PageModel {
    static let template = "scep"
    static let shape: TemplateShape = [
        "communication": Fact.block, "configured": .flag, "running": .text, "requestLead": .text,
        "autoSchedule": Fact.block,
        "autoItems": Fact.block, "autoKey": Fact.block, "autoRunning": .flag, "rows": HistoryRows.shape,
    ]

    let communication: CommunicationSettings?
    let authority: AcceptedAuthority?
    /// The request that runs or waits, if there is one.
    let openRequest: IssuanceProgress?
    let auto: AutoRequestSettings
    let autoState: AutoRequestState
    /// Whether a challenge password is stored for automatic requests; it is never shown.
    let isChallengeStored: Bool
    let history: HistoryRows
    let times: LocalTime

    var menuItem: String? { "/settings/scep" }

    func title(_ text: Texts) -> String { text("scep.title") }

    func values(_ text: Texts) -> TemplateValue {
        let autoFacts = AutoRequestFacts(
            settings: auto, state: autoState, isChallengeStored: isChallengeStored, times: times, text: text)
        return [
            "communication": communicationFacts(text).block,
            "configured": .flag(communication != nil),
            "running": .optional(openRequest.map { text("scep.running", $0.keyName) }),
            "requestLead": .text(text(auto.isTimerEnabled ? "auto.locked.request" : "scep.request-lead")),
            "autoSchedule": autoFacts.schedule.block,
            "autoItems": autoFacts.items.block,
            "autoKey": autoFacts.key.block,
            "autoRunning": .flag(autoState.current != nil),
            "rows": history.value(text),
        ]
    }

    private func communicationFacts(_ text: Texts) -> [Fact] {
        let unset = text("communication.not-set")
        var facts = [
            Fact(text("communication.url"), communication?.server.url ?? unset),
            Fact(text("communication.port"), communication.map { String($0.server.port) } ?? unset),
            Fact(
                text("communication.timeout"),
                communication.map { text("communication.seconds", String($0.timeout)) } ?? unset),
        ]
        if let typed = communication?.caFingerprint {
            facts.append(Fact(text("communication.fingerprint"), .figures(typed.text)))
        }
        guard let authority else {
            let none = AcceptedAuthority.none(communication, text)
            return facts + [Fact(text("authority.title"), .status(StatusWord(.off, none)))]
        }
        facts += [
            Fact(text("authority.title"), CertificateFacts.shown(authority.certificate.subject)),
            Fact(text("authority.fingerprint"), .figures(authority.fingerprint.text)),
            Fact(
                text("authority.accepted"), .time(times.value(authority.acceptedAt)),
                // Nobody's name: the machine accepted it by the fingerprint that was typed in advance.
                note: authority.acceptedBy.isEmpty
                    ? text("authority.accepted-by-fingerprint") : text("authority.accepted-by", authority.acceptedBy)),
        ]
        return facts
    }
}
