import FoundationEssentials
import PKI
import SCEP

/// What an automatic request does beside the exchange itself: its key, and the steps of a renewal.
extension IssuanceAttempt {
    /// The timer was switched off while the key was made: nothing was sent, and nothing is.
    struct Stopped: Error {}

    /// Goes on with a request from wherever it stands. A renewal that the server refuses goes on to the next step within
    /// the same attempt (P6).
    func proceed() async throws -> Outcome {
        try await prepare()
        while true {
            do {
                let outcome = try await exchange()
                guard case .failed(let failure) = outcome else { return outcome }
                let reason = failure.failInfo?.description ?? "no failInfo"
                guard try await takeNextStep(after: reason) else { return outcome }
            } catch let error as SCEPError where !error.isCommunicationError {
                guard try await takeNextStep(after: "\(error.code)", error) else { throw error }
            }
        }
    }

    private func prepare() async throws {
        let id = id
        guard let record = try await store.read({ try $0.issuances.record(id) }) else { throw Self.gone }
        guard let automatic = record.automatic else { return }
        if record.sealedTransaction == nil { return try await makeKey(automatic.key) }
        if automatic.renewalStep?.method != nil { try await replaceUselessRenewal() }
        try await takePresentChallenge()
    }

    /// Generates the key and, in one database transaction, stores it with the SCEP transaction. Server and challenge
    /// password are those of that moment, so that a password goes to no other server than the one it was typed for (C4).
    private func makeKey(_ settings: AutoRequestKey) async throws {
        let key = try await KeyGenerationFailure.named(environment.blockingWork) {
            try PrivateKey.generate(.rsa(bits: settings.keyLength))
        }
        let (id, environment, keyLimit, now) = (id, environment, configuration.keyLimit, environment.clock.now())
        try await store.write { tables in
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            guard try tables.isTimerEnabled, let server = try tables.settings.value(.communication)?.server else {
                throw Stopped()
            }
            guard try tables.keys.count() < keyLimit else { throw IssuanceRefusal.keyLimit(keyLimit) }
            let transaction = try tables.transaction(
                for: record, key: key, server: server, step: record.automatic?.renewalStep, environment, at: now)
            let keyID = try tables.keys.insert(
                name: record.keyName, key: key, certificate: nil, use: record.use, at: now)
            try tables.begin(transaction, with: keyID, keyDetail: "RSA \(settings.keyLength)", of: record)
            try tables.audit.append(
                .generateKey, record.keyName, detail: "RSA \(settings.keyLength)", by: .machine, at: now)
        }
    }

    /// An old certificate that ran out before anything was sent, or while the request was kept for a later time, or
    /// whose key is gone, renews nothing (P8).
    private func replaceUselessRenewal() async throws {
        let (id, environment, now) = (id, environment, environment.clock.now())
        try await store.write { tables in
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            let transaction = try tables.issuances.transaction(record)
            guard transaction.isRenewal else { return }
            let isUsable = (try? tables.signingKey(of: record, transaction)) != nil
            let isSent = transaction.messagesMade > 0 && record.automatic?.isCarried != true
            if isUsable, isSent || transaction.requesterCertificate.notAfter >= now { return }
            try tables.take(.newRequest, after: transaction, refused: false, of: record, environment, at: now)
        }
    }

    /// A request of which nothing has left the machine takes the challenge password that is stored by now (T7).
    private func takePresentChallenge() async throws {
        let (id, environment, now) = (id, environment, environment.clock.now())
        try await store.write { tables in
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            let transaction = try tables.issuances.transaction(record)
            guard transaction.messagesMade == 0, !transaction.isKeyInDoubt, try tables.hasFormerChallenge(transaction),
                transaction.server == (try tables.settings.value(.communication)?.server)
            else { return }
            try tables.take(
                record.automatic?.renewalStep, after: transaction, refused: false, of: record, environment, at: now)
        }
    }

    /// Begins the step that follows one that failed, with a transaction of its own; false if there is none, or if the
    /// settings name another server by now (C4).
    /// - Parameter error: nil after a FAILURE, which leads to whatever comes next.
    private func takeNextStep(after reason: String, _ error: SCEPError? = nil) async throws -> Bool {
        let (id, environment, now) = (id, environment, environment.clock.now())
        return try await store.write { tables in
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            let failed = try tables.issuances.transaction(record)
            guard let next = record.automatic?.renewalStep?.next(after: failed.messageType),
                try error.map({ try tables.leads($0, to: next, from: failed, of: record) }) ?? true,
                failed.server == (try tables.settings.value(.communication)?.server)
            else { return false }
            try tables.audit.append(
                .sendRequest, record.keyName, .failed, detail: "\(failed.messageType) refused, \(reason)",
                by: .machine, at: now)
            try tables.take(next, after: failed, refused: error == nil, of: record, environment, at: now)
            return true
        }
    }
}

extension Tables {
    /// The key that signs a transaction's messages and opens its replies.
    func signingKey(of record: IssuanceTable.Record, _ transaction: Transaction) throws -> PrivateKey {
        let signer = transaction.isRenewal ? record.automatic?.renewsKeyID : record.keyID
        guard let id = signer, let key = try keys.key(id) else { throw IssuanceAttempt.gone }
        return try keys.privateKey(key)
    }

    /// Stores a new transaction with its key.
    func begin(
        _ transaction: Transaction, with keyID: Int, keyDetail: String, of record: IssuanceTable.Record
    ) throws {
        var steps = record.steps
        steps.finish(.key, detail: keyDetail)
        try issuances.setKey(keyID, of: record.id)
        try issuances.setTransaction(transaction, of: record.id)
        try issuances.setSteps(steps, of: record.id)
        if let number = record.historyNumber { try history.setTransactionID(transaction.id.text, of: number) }
    }

    /// Whether an error in place of a reply leads to another step of a renewal. Servers that do not know one form of
    /// renewal answer it with an HTTP error. The other form costs no challenge password; a new request might, so that
    /// an error leads there only when the server repeats it at a later time.
    fileprivate func leads(
        _ error: SCEPError, to next: RenewalStep, from failed: Transaction, of record: IssuanceTable.Record
    ) throws -> Bool {
        if try isRepeated(error, of: record) { return true }
        guard case .httpStatus = error.code else { return false }
        return error.requestMayHaveArrived && next.method != nil && failed.state == .requestBuilt
    }

    /// Whether a request carries another challenge password than a new one would: one was typed, or removed, since. What
    /// the server has put off it has taken.
    func hasFormerChallenge(_ transaction: Transaction) throws -> Bool {
        if case .pending = transaction.state { return false }
        guard let request = transaction.certificateRequest else { return false }
        let isWanted = try !transaction.isRenewal || settings.autoRequestSettings.renewal.sendsChallengePassword
        return try (request.challengePassword ?? "") != (isWanted ? challengePassword()?.text ?? "" : "")
    }

    /// Goes on to another step of a renewal, or to the same request with another challenge password: a new transaction
    /// for the same new key.
    fileprivate func take(
        _ step: RenewalStep?, after former: Transaction, refused: Bool, of record: IssuanceTable.Record,
        _ environment: MachineEnvironment, at now: Date
    ) throws {
        guard let keyID = record.keyID, let key = try keys.key(keyID) else { throw IssuanceAttempt.gone }
        var transaction = try transaction(
            for: record, key: keys.privateKey(key), server: former.server, step: step, environment, at: now)
        transaction.follow(former, refused: refused)
        var steps = record.steps
        steps.resume(at: .capabilities)
        try issuances.setTransaction(transaction, of: record.id)
        try issuances.setSteps(steps, of: record.id)
        if let number = record.historyNumber { try history.setTransactionID(transaction.id.text, of: number) }
    }

    /// The transaction of a step, with the stored challenge password where that is wanted. An old certificate that is
    /// out of date, or whose key cannot be read, gives way to a new request (P8).
    fileprivate func transaction(
        for record: IssuanceTable.Record, key: PrivateKey, server: ServerURL, step: RenewalStep?,
        _ environment: MachineEnvironment, at now: Date
    ) throws -> Transaction {
        guard let automatic = record.automatic else { throw IssuanceAttempt.gone }
        if let step, let method = step.method, let id = automatic.renewsKeyID, let old = try keys.key(id),
            let (oldKey, certificate, _) = try? keys.identity(old)
        {
            let challenge = try settings.autoRequestSettings.renewal.sendsChallengePassword ? challengePassword() : nil
            let request = automatic.key.request(keyName: record.keyName, challengePassword: challenge ?? Secret(""))
            do {
                let transaction = try Transaction(
                    csr: request.certificateRequest(key), renewing: certificate, key: oldKey, method: method,
                    server: server, attempt: step.attempt, now: now)
                try issuances.setRenewal(step, of: id, record.id)
                return transaction
            } catch let error as SCEPError where error.code == .notRenewable {
                // What follows is the new request.
            }
        }
        let attempt = step == nil ? 0 : RenewalStep.newRequest.attempt
        try issuances.setRenewal(step == nil ? nil : .newRequest, of: nil, record.id)
        let request = automatic.key.request(
            keyName: record.keyName, challengePassword: try challengePassword() ?? Secret(""))
        return try Transaction(
            csr: request.certificateRequest(key), key: key, server: server, attempt: attempt, now: now,
            random: environment.random)
    }
}
