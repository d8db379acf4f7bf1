import FoundationEssentials
import SCEP

/// How an automatic request begins: every rule in the database transaction that begins it.
extension Tables {
    /// Begins what is due, or says in the history why it cannot: the key limit is met without a word to the server, so
    /// that no challenge password is spent (T3, P11).
    ///
    /// - Parameter open: a request that waits and is given up for the new one.
    func begin(
        _ due: AutoRequestPlan.Due, of plan: AutoRequestPlan, inPlaceOf open: IssuanceTable.Record?,
        configuration: MachineConfiguration, at now: Date
    ) throws -> IssuanceID? {
        let settings = try settings.autoRequestSettings
        guard let key = settings.key else { return nil }
        try self.settings.set(.autoRequestSchedule, plan.begun(due))
        let freed = open?.keyID == nil ? 0 : 1
        if let outcome = try refusal(key, freed: freed, configuration) {
            _ = try history.add(keyName: key.keyName, status: .error, outcome: outcome, isManual: false, at: now)
            try audit.append(
                .automaticRequest, key.keyName, .failed, detail: outcome.cause.rawValue, by: .machine, at: now)
            return nil
        }
        if let open { try giveUp(open, at: now) }
        let name = try freeKeyName(key.keyName)
        let number = try history.add(keyName: name, status: .processing, isManual: false, at: now)
        let id = try issuances.create(keyName: name, use: key.use, historyNumber: number, at: now)
        try issuances.setAutomatic(id, key: key, target: due.target, at: now)
        if case .renewal(let keyID) = due.target, let step = RenewalStep(settings.renewal.policy) {
            try issuances.setRenewal(step, of: keyID, id)
        }
        try audit.append(.automaticRequest, name, detail: due.target.word, by: .machine, at: now)
        return id
    }

    /// Takes an open request up again for what is due now, with as many polls as the settings grant.
    func carry(
        _ open: IssuanceTable.Record, for due: AutoRequestPlan.Due, of plan: AutoRequestPlan, at now: Date
    ) throws {
        try settings.set(.autoRequestSchedule, plan.begun(due))
        try takeUp(open, polls: 0, isPoll: false, at: now)
        try issuances.setCarried(due.target, open.id)
        if let number = open.historyNumber, try history.entry(number) != nil {
            try history.update(number, .processing, try history.outcome(number), at: now)
        } else {
            let number = try history.add(keyName: open.keyName, status: .processing, isManual: false, at: now)
            try issuances.setHistoryNumber(number, of: open.id)
            if let id = try? issuances.transaction(open).id { try history.setTransactionID(id.text, of: number) }
        }
        let detail = "\(due.target.word), taken up again"
        try audit.append(.automaticRequest, open.keyName, detail: detail, by: .machine, at: now)
    }

    /// Whether an open request asks the present server and CA, with the present challenge password, for the key that the
    /// present settings describe.
    func isCurrent(_ open: IssuanceTable.Record) throws -> Bool {
        guard let automatic = open.automatic, automatic.key == (try settings.autoRequestSettings.key),
            let keyID = open.keyID,
            let key = try keys.key(keyID), (try? keys.privateKey(key)) != nil,
            let transaction = try? issuances.transaction(open),
            transaction.server == (try settings.value(.communication)?.server), try !hasFormerChallenge(transaction)
        else { return false }
        guard let authority = transaction.authority else { return true }
        return try authorityTrust().acceptedFingerprint?.matches(authority.caCertificate) ?? false
    }

    /// Ends a request that was taken up again and that the server will not take any more: what it was taken up for is
    /// due again, so that the next tick begins a new one.
    func makeRoom(_ record: IssuanceTable.Record, _ outcome: IssuanceOutcome) throws {
        if let automatic = record.automatic, automatic.isCarried {
            var schedule = try settings.autoRequestSchedule
            schedule.reopen(automatic.target)
            try settings.set(.autoRequestSchedule, schedule)
        }
        try end(record, outcome)
    }

    /// [Key Name], or the lowest number behind it that makes it free, within 24 characters.
    func freeKeyName(_ name: String) throws -> String {
        var (candidate, number) = (name, 1)
        while try keys.named(candidate) != nil {
            number += 1
            let suffix = "-\(number)"
            candidate = name.prefix(AutoRequestKey.nameLength - suffix.count) + suffix
        }
        return candidate
    }

    private func refusal(
        _ key: AutoRequestKey, freed: Int, _ configuration: MachineConfiguration
    ) throws -> IssuanceOutcome? {
        if try keys.count() - freed >= configuration.keyLimit { return IssuanceOutcome(.keyLimit, .keyLimit) }
        // The settings may be older than the program's options.
        if !key.isOffered(legacyMode: configuration.legacyMode) {
            return IssuanceOutcome(.communicationError, .legacyKeySettings)
        }
        let isAccepted = try settings.value(.communication) != nil && authorityTrust().acceptedFingerprint != nil
        return isAccepted ? nil : IssuanceOutcome(.communicationError, .authorityNotAccepted)
    }

    /// The settings ask for something else by now: the request that waits is of no use any more.
    private func giveUp(_ open: IssuanceTable.Record, at now: Date) throws {
        let outcome = try open.historyNumber.flatMap { try history.outcome($0) }
        try end(open, IssuanceOutcome(outcome?.details ?? .deferred, .superseded))
        try audit.append(
            .discardRequest, open.keyName, detail: "a new automatic request begins", by: .machine, at: now)
    }
}

extension AutoRequestKey {
    /// Most characters of a key's name (I1).
    static let nameLength = 24
}

extension AutoRequestSchedule.Target {
    /// For the audit log.
    fileprivate var word: String {
        switch self {
        case .occurrence(let number): "occurrence \(number)"
        case .renewal: "renewal"
        }
    }
}
