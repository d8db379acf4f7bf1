import FoundationEssentials
import SCEP

/// How an attempt ends in the store: one database transaction, whatever the end.
extension IssuanceAttempt {
    /// Stores what a verified reply said, and gives the key's name.
    func store(_ outcome: Outcome) async throws -> String {
        let now = environment.clock.now()
        return try await store.write { [id, administrator] tables in
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            switch outcome {
            case .issued(let issued):
                try tables.acquire(issued, for: record, by: administrator, at: now)
            case .pending:
                try tables.suspend(record, IssuanceOutcome(.deferred, .deferred), requestStep: .done)
                try tables.audit.append(.sendRequest, record.keyName, detail: "deferred", by: administrator, at: now)
            case .failed(let failure):
                let detail = "refused, \(failure.failInfo?.description ?? "no failInfo")"
                if try tables.wasSentBefore(record) {
                    try tables.suspend(record, IssuanceOutcome(failure), requestStep: .failed)
                } else {
                    try tables.end(record, IssuanceOutcome(failure))
                }
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
            let outcome = IssuanceOutcome(error, trust: try tables.authorityTrust())
            if try tables.mayHaveArrived(record, error) {
                try tables.suspend(record, outcome, requestStep: .failed)
            } else {
                try tables.end(record, outcome)
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
        var steps = record.steps
        steps.finish(.request, detail: "")
        steps.finish(.certificate, detail: "\(issued.certificate.subject)")
        try issuances.setState(.succeeded, steps, of: record.id)
        try issuances.setTransaction(nil, of: record.id)
        if let number = record.historyNumber { try history.update(number, .successful, nil, issuedAt: now) }
        try audit.append(
            .acquireCertificate, record.keyName, detail: "\(issued.certificate.subject)", by: administrator, at: now)
    }

    /// Keeps key and transaction for [Check Again] (I8).
    fileprivate func suspend(
        _ record: IssuanceTable.Record, _ outcome: IssuanceOutcome, requestStep: StepState
    ) throws {
        var steps = record.steps
        steps.stop(.waiting)
        steps.set(.request, requestStep)
        try issuances.setState(.waiting, steps, of: record.id)
        if let number = record.historyNumber { try history.update(number, .error, outcome) }
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

    /// Whether a message had been sent before whose answer was never read, be it the request or a poll. A server whose
    /// challenge is good for one request may have issued at the first and refuse the second: the refusal does not prove
    /// that the key is worth nothing (I7).
    fileprivate func wasSentBefore(_ record: IssuanceTable.Record) throws -> Bool {
        guard record.sealedTransaction != nil else { return false }
        return try issuances.transaction(record).unanswered > 1
    }

    /// Whether the server may have got a message of this request and acted on it.
    fileprivate func mayHaveArrived(_ record: IssuanceTable.Record, _ error: any Error) throws -> Bool {
        guard record.sealedTransaction != nil else { return false }
        let transaction = try issuances.transaction(record)
        if transaction.state == .ready { return false }
        // The first message of a transaction, and the transport knows that nothing of it left the machine.
        if transaction.messagesMade == 1, let error = error as? SCEPError, !error.requestMayHaveArrived { return false }
        return true
    }
}
