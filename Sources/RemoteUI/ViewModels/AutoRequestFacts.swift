import FoundationEssentials
import Machine

/// [Settings for Certificate Issuance Auto Request] as the overview shows it: every item, read-only (T1–T8, T10).
struct AutoRequestFacts: Sendable {
    let settings: AutoRequestSettings
    let state: AutoRequestState
    let isChallengeStored: Bool
    let times: LocalTime
    let text: Texts

    /// What happens now and next.
    var schedule: [Fact] {
        var facts = [
            onOff("auto.timer", settings.isTimerEnabled),
            next,
        ]
        if let current = state.current {
            facts.append(
                Fact(
                    text("auto.current"), .status(Self.words(current, hasNextRequest: state.nextRequest != nil, text)),
                    note: [current.keyName, current.polling?.words(times, text)].compactMap { $0 }
                        .joined(separator: ": ")))
        }
        if let last = state.lastSuccess {
            facts.append(Fact(text("auto.last"), .time(times.value(last))))
        }
        return facts
    }

    /// The settings themselves, in the order of the form.
    var items: [Fact] {
        [
            Fact(text("auto.start"), settings.start.map { Self.shown($0) } ?? text("communication.not-set")),
            onOff("auto.adjust", settings.adjustsRequestTime),
            onOff("auto.polling", settings.isPollingEnabled),
            Fact(text("auto.polling-times"), text.times(settings.pollingTimes)),
            Fact(text("auto.polling-interval"), text.minutes(settings.pollingInterval)),
            onOff("auto.periodic", settings.isPeriodic),
            Fact(text("auto.interval"), text.days(settings.interval)),
            onOff("auto.restart", settings.restartsDevice),
            onOff("auto.delete", settings.deletesOldKey),
            Fact(text("auto.renewal"), trigger),
            Fact(text("auto.policy"), settings.renewal.policy.words(text)),
            onOff("auto.renewal-challenge", settings.renewal.sendsChallengePassword),
        ]
    }

    /// [Settings for Key and Certificate To Be Issued]
    var key: [Fact] {
        let challenge = Fact(
            text("request.challenge"),
            text(isChallengeStored ? "auto.challenge.stored" : "auto.challenge.none"))
        guard let key = settings.key else {
            return [Fact(text("request.key-name"), text("communication.not-set")), challenge]
        }
        return [
            Fact(text("request.key-name"), key.keyName),
            Fact(text("request.signature"), RequestForm.name(key.signatureAlgorithm)),
            Fact(text("request.length"), String(key.keyLength)),
            Fact(text("request.organization"), key.organization.isEmpty ? "-" : key.organization),
            Fact(text("request.common-name"), key.commonName),
            challenge,
            Fact(
                text("request.location"), key.use.words(text),
                note: key.use == .none || key.use.isFunctionEnabled ? nil : text("confirm.use-note")),
        ]
    }

    /// [Next Request Date/Time:]
    var next: Fact {
        let name = text("auto.next")
        if let next = state.nextRequest {
            return Fact(name, .time(times.value(next.date)), note: next.kind.words(text))
        }
        guard settings.isTimerEnabled else { return Fact(name, "-") }
        return Fact(name, text(state.isClockSet ? "auto.next.nothing" : "refusal.clockNotSet"))
    }

    /// What the automatic request that is open does at present.
    static func words(_ current: IssuanceProgress, hasNextRequest: Bool, _ text: Texts) -> StatusWord {
        switch current.state {
        case .running: StatusWord(.busy, text("auto.current.running"))
        case .polling: StatusWord(.busy, text("auto.current.polling"))
        case .waiting:
            StatusWord(.warning, text(hasNextRequest ? "auto.current.waiting" : "auto.current.waiting.off"))
        case .succeeded: StatusWord(.good, text("status.successful"))
        case .failed: StatusWord(.bad, text("status.error"))
        }
    }

    private static func shown(_ start: LocalDateTime) -> String { start.text.replacing("T", with: " ") }

    private var trigger: String {
        switch settings.renewal.trigger {
        case .off: text("security.off")
        case .daysBefore(let days): text("auto.renewal.days.value", text.days(days))
        case .percentOfLife(let percent): text("auto.renewal.percent.value", String(percent))
        }
    }

    private func onOff(_ key: String, _ isOn: Bool) -> Fact {
        Fact(
            text(key), .status(StatusWord(isOn ? .good : .off, text(isOn ? "security.on" : "security.off"))))
    }
}
