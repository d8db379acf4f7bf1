import FoundationEssentials
import SCEP

/// How an attempt ends in the store: one database transaction, whatever the end.
extension IssuanceAttempt {
    /// Stores what a verified reply said, and gives the key's name.
    func store(_ outcome: Outcome) async throws -> String {
        let now = environment.clock.now()
        return try await store.write { [id, administrator] tables in
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            // It was given up at the very moment at which its attempt was begun anew.
            guard record.state == .running else { return record.keyName }
            switch outcome {
            case .issued(let issued):
                try tables.acquire(issued, for: record, by: administrator, at: now)
            case .pending:
                try tables.putOff(record, IssuanceOutcome(.deferred, .deferred), at: now)
                try tables.audit.append(.sendRequest, record.keyName, detail: "deferred", by: administrator, at: now)
            case .failed(let failure):
                let detail = "refused, \(failure.failInfo?.description ?? "no failInfo")"
                try tables.refuse(record, failure, at: now)
                try tables.audit.append(
                    .sendRequest, record.keyName, .failed, detail: detail, by: administrator, at: now)
            }
            return record.keyName
        }
    }

    /// Stores an end without a verified reply. Once a message may have reached the server, key and transaction stay:
    /// the certificate may have been issued.
    func store(failure error: any Error) async throws {
        let now = environment.clock.now()
        try await store.write { [id, administrator] tables in
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            // An end is in the store: whatever went wrong after it must not take the key of a certificate with it.
            guard record.state == .running else { return }
            let outcome = IssuanceOutcome(error, trust: try tables.authorityTrust())
            switch error as? SCEPError {
            case let error? where error.isCommunicationError: try tables.putOff(record, outcome, at: now)
            case let error? where try tables.isRepeated(error, of: record): try tables.makeRoom(record, outcome)
            default: try tables.keepOrEnd(record, outcome, at: now)
            }
            try tables.audit.append(
                .sendRequest, record.keyName, .failed, detail: outcome.cause.rawValue, by: administrator, at: now)
        }
    }
}

extension Tables {
    /// Stores the certificate; it takes its place in service at the restart (I3).
    fileprivate func acquire(
        _ issued: IssuedCertificate, for record: IssuanceTable.Record, by administrator: Administrator, at now: Date
    ) throws {
        guard let keyID = record.keyID else { throw IssuanceAttempt.gone }
        try keys.setCertificate(issued.certificate, chain: issued.chain, of: keyID)
        if record.automatic != nil {
            let settings = try settings.autoRequestSettings
            try keys.setAutomatic(
                keyID, replacesOld: settings.deletesOldKey,
                restartsDevice: settings.restartsDevice && settings.isTimerEnabled)
        }
        var steps = record.steps
        steps.finish(.request, detail: "")
        steps.finish(.certificate, detail: "\(issued.certificate.subject)")
        try issuances.setState(.succeeded, steps, of: record.id)
        try issuances.setTransaction(nil, of: record.id)
        if let number = record.historyNumber { try history.update(number, .successful, nil, at: now) }
        try audit.append(
            .acquireCertificate, record.keyName, detail: "\(issued.certificate.subject)", by: administrator, at: now)
    }

    /// The server has not decided, or could not be spoken to: an automatic request is polled while the settings grant it
    /// (T3); anything else is kept or ended.
    fileprivate func putOff(_ record: IssuanceTable.Record, _ outcome: IssuanceOutcome, at now: Date) throws {
        guard let automatic = record.automatic, try isPolled(record) else {
            return try keepOrEnd(record, outcome, at: now)
        }
        try issuances.setState(.polling, Self.steps(record, after: outcome), of: record.id)
        try issuances.setAttempt(record.id, polls: automatic.polls, at: now)
        if let number = record.historyNumber { try history.update(number, .processing, outcome) }
    }

    /// A FAILURE of the server. One to a request that was taken up again for a later time makes room for a new one.
    fileprivate func refuse(_ record: IssuanceTable.Record, _ failure: Failure, at now: Date) throws {
        if record.automatic?.isCarried == true { return try makeRoom(record, IssuanceOutcome(failure)) }
        if try wasSentBefore(record) {
            try suspend(record, IssuanceOutcome(failure), at: now)
        } else {
            try end(record, IssuanceOutcome(failure))
        }
    }

    /// Whether a request that was taken up again got the very error that it had got before: its server will not take it
    /// any more, and as long as it is kept no other is made.
    func isRepeated(_ error: SCEPError, of record: IssuanceTable.Record) throws -> Bool {
        guard record.automatic?.isCarried == true, try issuances.transaction(record).unanswered > 1,
            let number = record.historyNumber
        else { return false }
        return try history.outcome(number) == IssuanceOutcome(error, trust: authorityTrust())
    }

    /// Keeps a request that the server may have got, and ends one that never left the machine.
    func keepOrEnd(_ record: IssuanceTable.Record, _ outcome: IssuanceOutcome, at now: Date) throws {
        if mayHaveArrived(record) {
            try suspend(record, outcome, at: now)
        } else {
            try end(record, outcome)
        }
    }

    /// Keeps key and transaction for [Check Again] (I8).
    private func suspend(_ record: IssuanceTable.Record, _ outcome: IssuanceOutcome, at now: Date) throws {
        try issuances.setState(.waiting, Self.steps(record, after: outcome), of: record.id)
        try issuances.setAttempt(record.id, polls: record.automatic?.polls ?? 0, at: now)
        if let number = record.historyNumber { try history.update(number, .error, outcome) }
        try issuances.clearCarried()
    }

    /// Ends a request for good: the key that never got a certificate goes with it.
    func end(_ record: IssuanceTable.Record, _ outcome: IssuanceOutcome) throws {
        var steps = record.steps
        steps.stop(.failed)
        try issuances.setState(.failed, steps, of: record.id)
        try issuances.setTransaction(nil, of: record.id)
        if let keyID = record.keyID { try keys.delete(keyID) }
        if let number = record.historyNumber { try history.update(number, .error, outcome) }
    }

    /// The steps of a request that may go on: what was deferred was sent, and what broke off failed.
    private static func steps(_ record: IssuanceTable.Record, after outcome: IssuanceOutcome) -> IssuanceSteps {
        var steps = record.steps
        if outcome.cause == .deferred {
            steps.stop(.waiting)
            steps.set(.request, .done)
        } else {
            steps.stop(.failed)
        }
        return steps
    }

    /// Whether a message had been sent before whose answer was never read, be it the request, a poll, or an earlier step
    /// of a renewal. A server whose challenge is good for one request may have issued at the first and refuse the
    /// second: the refusal does not prove that the key is worth nothing (I7).
    private func wasSentBefore(_ record: IssuanceTable.Record) throws -> Bool {
        guard record.sealedTransaction != nil else { return false }
        let transaction = try issuances.transaction(record)
        return transaction.unanswered > 1 || transaction.isKeyInDoubt
    }

    /// Whether the server may have got a message of this request and acted on it. One of which the transport knows that
    /// nothing left the machine counts as not made. A transaction that cannot be read may have been sent (P3): that is
    /// no reason to fail here, or the request would stand in the way for ever.
    private func mayHaveArrived(_ record: IssuanceTable.Record) -> Bool {
        guard record.sealedTransaction != nil else { return false }
        guard let transaction = try? issuances.transaction(record) else { return true }
        return transaction.messagesMade > 0 || transaction.isKeyInDoubt
    }
}
