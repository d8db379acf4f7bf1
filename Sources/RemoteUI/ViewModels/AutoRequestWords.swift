import Machine

extension RenewalPolicy {
    func words(_ text: Texts) -> String {
        switch self {
        case .automatic: text("auto.policy.automatic")
        case .renewalReq: text("auto.policy.renewalReq")
        case .pkcsReqOldCertificate: text("auto.policy.pkcsReqOldCertificate")
        case .newRequest: text("auto.policy.newRequest")
        }
    }
}

extension AutoRequestState.NextRequest.Kind {
    /// Why the request is made.
    func words(_ text: Texts) -> String {
        switch self {
        case .start: text("auto.next.start")
        case .periodic: text("auto.next.periodic")
        case .renewal: text("auto.next.renewal")
        }
    }
}

extension IssuanceProgress.Polling {
    /// How often the server has been asked again, and when it is next.
    func words(_ times: LocalTime, _ text: Texts) -> String {
        guard let nextAt else { return text("status.polling.now", String(made), String(limit)) }
        return text("status.polling", String(made), String(limit), times.text(nextAt))
    }
}

extension AutoRequestRefusal {
    /// Why the timer was not switched on, and where to put that right.
    func lock(_ text: Texts) -> Lock {
        let progress = Crumb(text("progress.title"), "/settings/scep/request/progress")
        return switch self {
        case .notConfigured:
            Lock(
                reason: text("refusal.auto.notConfigured"),
                link: Crumb(text("communication.title"), "/settings/scep/communication"))
        case .authorityNotAccepted:
            Lock(
                reason: text("refusal.auto.authorityNotAccepted"), link: Crumb(text("scep.title"), "/settings/scep"))
        case .requestInProgress: Lock(reason: text("refusal.auto.requestInProgress"), link: progress)
        case .requestWaiting: Lock(reason: text("refusal.auto.requestWaiting"), link: progress)
        case .settingsChanged: Lock(reason: text("refusal.auto.settingsChanged"), link: nil)
        case .clockNotSet: Lock(reason: text("refusal.auto.clockNotSet"), link: nil)
        }
    }
}
