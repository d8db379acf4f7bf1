import Machine

extension KeyUse {
    /// The name of the function that the key belongs to.
    func words(_ text: Texts) -> String {
        switch self {
        case .none: text("request.use.none")
        case .tls: text("request.use.tls")
        case .ieee8021X: text("request.use.ieee8021x")
        case .ipsec(let policy): text("request.ipsec.policy", String(policy))
        }
    }
}

extension KeyEntry.State {
    func words(_ text: Texts) -> StatusWord {
        switch self {
        case .inUse: StatusWord(.good, text("keys.state.in-use"))
        case .assigned: StatusWord(.off, text("keys.state.assigned"))
        case .restartPending: StatusWord(.warning, text("keys.state.restart-pending"))
        case .waitingForCertificate: StatusWord(.busy, text("keys.state.waiting"))
        case .corrupted: StatusWord(.bad, text("keys.state.corrupted"))
        case .idle: StatusWord(.off, text("keys.state.idle"))
        }
    }
}

extension TLSProblem {
    /// Why the key cannot serve TLS.
    func words(_ text: Texts) -> String { text("key.tls.\(rawValue)") }

    func remedy(_ text: Texts) -> String { text("key.tls.\(rawValue).remedy") }
}

extension HistoryEntry.Status {
    func words(_ text: Texts) -> StatusWord {
        switch self {
        case .toBeProcessed: StatusWord(.off, text("status.to-be-processed"))
        case .processing: StatusWord(.busy, text("status.processing"))
        case .error: StatusWord(.bad, text("status.error"))
        case .successful: StatusWord(.good, text("status.successful"))
        }
    }
}

extension IssuanceRefusal {
    /// Why nothing was sent.
    var phrase: Phrase {
        switch self {
        case .timerEnabled: Phrase("refusal.timerEnabled")
        case .requestInProgress: Phrase("refusal.requestInProgress")
        case .requestWaiting: Phrase("refusal.requestWaiting")
        case .keyLimit(let limit): Phrase("refusal.keyLimit", String(limit))
        case .keyNameInUse: Phrase("problem.already-used")
        case .authorityNotAccepted: Phrase("refusal.authorityNotAccepted")
        case .settingsChanged: Phrase("refusal.settingsChanged")
        case .notConfigured: Phrase("refusal.notConfigured")
        case .clockNotSet: Phrase("refusal.clockNotSet")
        case .notWaiting: Phrase("refusal.notWaiting")
        case .underWay: Phrase("refusal.underWay")
        case .lookUpFailed: Phrase("refusal.lookUpFailed")
        }
    }
}

extension CommunicationRefusal {
    var phrase: Phrase {
        switch self {
        case .timerEnabled: Phrase("auto.locked")
        case .notConfigured: Phrase("refusal.notConfigured")
        }
    }
}

extension AcceptedAuthority {
    /// What stands in the place of a CA that is not accepted yet: whether a fingerprint typed in advance will do it.
    static func none(_ settings: CommunicationSettings?, _ text: Texts) -> String {
        text(settings?.caFingerprint == nil ? "authority.none" : "authority.by-fingerprint")
    }
}

extension AuthorityRefusal {
    var phrase: Phrase {
        switch self {
        case .notShown: Phrase("refusal.authority.notShown")
        case .fingerprintMismatch: Phrase("refusal.authority.fingerprintMismatch")
        case .otherAccepted: Phrase("refusal.authority.otherAccepted")
        }
    }
}

extension KeyRefusal {
    /// Why the key stays.
    func phrase(_ text: Texts) -> Phrase {
        switch self {
        case .notFound: Phrase("key.refused.gone")
        case .inUse(let use): Phrase("key.refused.in-use", use.words(text))
        case .isDefault: Phrase("key.refused.default")
        case .waitingForCertificate: Phrase("key.refused.waiting")
        case .signsRenewal: Phrase("key.refused.renewal")
        }
    }
}

extension KeyRefusal {
    /// Where the way out is.
    func link(_ text: Texts) -> Crumb? {
        switch self {
        case .waitingForCertificate, .signsRenewal: Crumb(text("progress.title"), "/settings/scep/request/progress")
        case .inUse: Crumb(text("request.title"), "/settings/scep/request")
        case .notFound, .isDefault: nil
        }
    }
}

extension ErrorInformation {
    /// Where the remedy is applied; nil where that is on no page.
    func link(_ text: Texts) -> Crumb? {
        switch self {
        case .storageFull: nil
        case .tlsKeyUnusable, .tlsIssuersLeftOut, .takeOverFailed, .certificateExpired:
            Crumb(text("request.title"), "/settings/scep/request")
        case .keyCorrupted: Crumb(text("keys.title"), "/settings/keys")
        case .certificateNotStored: Crumb(text("progress.title"), "/settings/scep/request/progress")
        case .restartFailed: Crumb(text("restart.title"), "/settings/restart")
        case .automaticRequestFailed: Crumb(text("status.title"), "/settings/scep/status")
        }
    }

    func words(_ text: Texts) -> String {
        switch self {
        case .storageFull: text("error.storageFull")
        case .tlsKeyUnusable(let name, let serving, let problem):
            [text("error.tlsKeyUnusable", name, serving), problem?.words(text)].compactMap { $0 }
                .joined(separator: text("form.sentence-space"))
        case .tlsIssuersLeftOut(let name): text("error.tlsIssuersLeftOut", name)
        case .takeOverFailed(let name, let use, let serving?):
            text("error.takeOverFailed", name, use.words(text), serving)
        case .takeOverFailed(let name, let use, nil): text("error.takeOverFailed.none", name, use.words(text))
        case .keyCorrupted(let name): text("error.keyCorrupted", name)
        case .certificateExpired(let name): text("error.certificateExpired", name)
        case .certificateNotStored(let name): text("error.certificateNotStored", name)
        case .restartFailed: text("error.restartFailed")
        case .automaticRequestFailed(let name): text("error.automaticRequestFailed", name)
        }
    }

    func remedy(_ text: Texts) -> String {
        switch self {
        case .storageFull: text("error.storageFull.remedy")
        case .tlsKeyUnusable(_, _, let problem): problem?.remedy(text) ?? text("error.tlsKeyUnusable.remedy")
        case .tlsIssuersLeftOut: text("error.tlsIssuersLeftOut.remedy")
        case .takeOverFailed: text("error.takeOverFailed.remedy")
        case .keyCorrupted: text("error.keyCorrupted.remedy")
        case .certificateExpired: text("error.certificateExpired.remedy")
        case .certificateNotStored: text("error.certificateNotStored.remedy")
        case .restartFailed: text("error.restartFailed.remedy")
        case .automaticRequestFailed: text("error.automaticRequestFailed.remedy")
        }
    }
}

extension RestartReason {
    /// What the restart does, line by line.
    func lines(_ text: Texts) -> [String] {
        if tlsProblem != nil { return [text("restart.reason.key-unusable", keyName)] }
        var lines = [
            use == .none
                ? text("restart.reason.key-unused", keyName)
                : text(
                    use.isFunctionEnabled ? "restart.reason.key" : "restart.reason.key-assigned", keyName,
                    use.words(text))
        ]
        if let newName { lines.append(text("restart.reason.renamed", keyName, newName)) }
        if let deleted = deleted(text) { lines.append(text("restart.reason.deleted", deleted)) }
        return lines
    }

    /// The names of the keys that go; nil if none does.
    func deleted(_ text: Texts) -> String? {
        oldKeys.isEmpty
            ? nil
            : oldKeys.map { $0.isManual ? text("restart.old-key.manual", $0.name) : $0.name }
                .joined(separator: text("form.list-comma"))
    }
}

extension [RestartReason] {
    /// What the restart does with a key beside what its state says; nil if nothing.
    func note(on key: KeyEntry, _ text: Texts) -> String? {
        for reason in self {
            if reason.oldKeys.contains(where: { $0.name == key.name }) {
                return text("keys.at-restart.deleted", reason.keyName)
            }
            if reason.keyName == key.name, let name = reason.newName { return text("keys.at-restart.renamed", name) }
        }
        return nil
    }
}
