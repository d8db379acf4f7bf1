import FoundationEssentials
import Machine

/// The portal: what the machine is and how it is (P1). Template `portal`.
struct PortalPage: PageModel {
    static let template = "portal"
    static let shape: TemplateShape = [
        "updated": LocalTime.shape, "device": Fact.block, "certificate": Fact.block, "scep": Fact.block,
        "network": Fact.block, "settings": .flag,
        "problems": ["items": .list(["kind": .text, "message": .text, "remedy": .text, "link": Crumb.shape])],
    ]

    let device: DeviceInformation
    let status: MachineStatus
    let communication: CommunicationSettings?
    let authority: AcceptedAuthority?
    /// The System Manager sees the SCEP server and what to do about an error; a general user sees the state.
    let isSystemManager: Bool
    let now: Date
    let times: LocalTime

    private var isTimerEnabled: Bool { status.autoRequest.isTimerEnabled }

    func title(_ text: Texts) -> String { text("portal.title") }

    func values(_ text: Texts) -> TemplateValue {
        [
            "updated": ["iso": .text(times.machineReadable(now)), "local": .text(times.textWithSeconds(now))],
            "device": deviceFacts(text).block,
            "problems": problems(text),
            "certificate": certificateFacts(text).block,
            "scep": requestFacts(text).block,
            "network": networkFacts(text).block,
            "settings": .flag(isSystemManager),
        ]
    }

    private func deviceFacts(_ text: Texts) -> [Fact] {
        [
            Fact(text("portal.product"), device.productName),
            Fact(text("portal.device-name"), device.deviceName),
            Fact(text("portal.location"), device.location.isEmpty ? text("communication.not-set") : device.location),
            Fact(text("portal.status"), .status(state(text))),
            Fact(text("portal.started"), .time(times.value(status.startedAt))),
        ]
    }

    private func state(_ text: Texts) -> StatusWord {
        if !status.errors.isEmpty { return StatusWord(.bad, text("portal.status.error")) }
        switch status.state {
        case .ready: return StatusWord(.good, text("portal.status.ready"))
        case .issuanceRunning: return StatusWord(.busy, text("portal.status.issuing"))
        case .restartPending: return StatusWord(.warning, text("portal.status.restart"))
        }
    }

    private func problems(_ text: Texts) -> TemplateValue {
        guard !status.errors.isEmpty else { return false }
        let items = status.errors.map { error -> TemplateValue in
            [
                "kind": .text(StatusWord.Kind.bad.rawValue), "message": .text(error.words(text)),
                "remedy": isSystemManager ? .text(error.remedy(text)) : false,
                "link": (isSystemManager ? error.link(text)?.value : nil) ?? false,
            ]
        }
        return ["items": .list(items)]
    }

    private func certificateFacts(_ text: Texts) -> [Fact] {
        guard let key = status.tlsKey else { return [Fact(text("certificate.key-name"), text("certificate.none"))] }
        let name = Fact(text("certificate.key-name"), key.name)
        guard let certificate = key.certificate else {
            return [name, Fact(text("certificate.subject"), text("keys.no-certificate"))]
        }
        return [name]
            + CertificateFacts(certificate: certificate, times: times, text: text).summary(now: now).dropLast()
    }

    private func requestFacts(_ text: Texts) -> [Fact] {
        var facts: [Fact] = []
        if isSystemManager {
            let server = communication.map { $0.server.description } ?? text("communication.not-set")
            facts.append(Fact(text("portal.server"), server))
            let name = authority.map { CertificateFacts.shown($0.certificate.subject) }
            facts.append(Fact(text("portal.authority"), name ?? AcceptedAuthority.none(communication, text)))
        }
        facts.append(
            Fact(
                text("auto.title"),
                .status(
                    StatusWord(isTimerEnabled ? .good : .off, text(isTimerEnabled ? "security.on" : "security.off")))
            ))
        if isSystemManager, isTimerEnabled {
            let next = status.autoRequest.nextRequest
            let none = text(status.autoRequest.isClockSet ? "auto.next.nothing" : "refusal.clockNotSet")
            facts.append(
                Fact(
                    text("auto.next"), next.map { .time(times.value($0.date)) } ?? .text(none),
                    note: next?.kind.words(text)))
        }
        guard let last = status.lastRequest else {
            return facts + [Fact(text("portal.last-request"), text("portal.no-request"))]
        }
        facts.append(
            Fact(text("portal.last-request"), .status(last.status.words(text)), note: last.details?.words(text)))
        facts.append(Fact(text("status.date"), .time(times.value(last.requestDate))))
        return facts
    }

    private func networkFacts(_ text: Texts) -> [Fact] {
        // The loopback reaches nobody else, so it says nothing of the network.
        let addresses = status.addresses.filter { !$0.isLoopback }
        guard !addresses.isEmpty else { return [Fact(text("portal.addresses"), text("portal.no-addresses"))] }
        return addresses.map {
            Fact(text($0.isIPv6 ? "portal.ipv6" : "portal.ipv4"), $0.address, note: $0.interface)
        }
    }
}
