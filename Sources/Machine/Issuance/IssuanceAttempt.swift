import FoundationEssentials
import PKI
import SCEP

/// One attempt at a certificate: drives the transaction step by step and stores it before each message.
struct IssuanceAttempt: Sendable {
    let id: IssuanceID
    let store: Store
    let environment: MachineEnvironment
    let configuration: MachineConfiguration
    let administrator: Administrator

    /// Whether the store names the request as running still.
    func isRunning() async throws -> Bool {
        try await store.read { [id] in try $0.issuances.record(id)?.state == .running }
    }

    // MARK: Key

    /// Generates the key and, in one database transaction, stores it with the SCEP transaction.
    func makeKey(_ request: IssuanceRequest, server: ServerURL) async throws {
        let environment = environment
        let (key, transaction) = try await KeyGenerationFailure.named(environment.blockingWork) {
            let key = try PrivateKey.generate(.rsa(bits: request.keyLength))
            let transaction = try Transaction(
                csr: try request.certificateRequest(key), key: key, server: server, now: environment.clock.now(),
                random: environment.random)
            return (key, transaction)
        }
        let (now, id, keyLimit) = (environment.clock.now(), id, configuration.keyLimit)
        try await store.write { [administrator] tables in
            // Checked again: another way may have added a key since the request began.
            guard try tables.keys.count() < keyLimit else { throw IssuanceRefusal.keyLimit(keyLimit) }
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            let keyID = try tables.keys.insert(
                name: request.keyName, key: key, certificate: nil, use: request.use, at: now)
            try tables.begin(transaction, with: keyID, keyDetail: "RSA \(request.keyLength)", of: record)
            try tables.audit.append(
                .generateKey, request.keyName, detail: "RSA \(request.keyLength)", by: administrator, at: now)
        }
    }

    // MARK: Exchange

    /// What an exchange starts from.
    private struct Start: Sendable {
        let transaction: Transaction
        let key: PrivateKey
        let steps: IssuanceSteps
        let trust: AuthorityTrust
        let timeout: Int
    }

    /// One exchange with the server within the Communication Timeout (C2).
    ///
    /// - Parameter agreed: the CA that the administrator agreed to, whatever was accepted while the key was made; nil
    ///   for a request that is taken up again.
    func exchange(agreed: Fingerprint? = nil) async throws -> Outcome {
        let start = try await load()
        let deadline = ContinuousClock.now.advanced(by: .seconds(start.timeout))
        let client = Client(transport: environment.transport(start.transaction.server))
        var (transaction, steps) = (start.transaction, start.steps)
        if transaction.state == .ready {
            let capabilities = try await client.capabilities(deadline: deadline)
            steps.finish(.capabilities, detail: Self.detail(capabilities))
            try await save(steps: steps)
            let authority = try await client.authority(
                capabilities: capabilities, trust: start.trust, now: environment.clock.now(), deadline: deadline)
            guard let accepted = start.trust.acceptedFingerprint else {
                throw SCEPError(.authorityNotAccepted, "no CA has been accepted")
            }
            try transaction.adopt(authority, accepted: agreed ?? accepted)
            steps.finish(.authority, detail: "\(authority.caCertificate.subject)")
            let message = try transaction.makeRequest(key: start.key, random: environment.random)
            try await save(transaction, steps, acceptedInAdvance: start.trust.isTyped ? authority : nil)
            return try await send(message, &transaction, steps, start, client, deadline)
        }
        if case .pending = transaction.state {
            let message = try transaction.makePoll(key: start.key, random: environment.random)
            try await save(transaction, steps)
            let polled = transaction
            // Servers that do not know CertPoll answer 500 or badRequest; the request itself gets their true answer.
            var again: Transaction
            do {
                let outcome = try await send(message, &transaction, steps, start, client, deadline)
                guard case .failed(let failure) = outcome, failure.failInfo == .badRequest, !polled.pollsByRequest
                else { return outcome }
                again = start.transaction
            } catch let error as SCEPError where error.httpStatus == 500 && !polled.pollsByRequest {
                // Not verified: whatever became of the poll, it counts as unanswered.
                again = polled
            }
            again.pollByRequest()
            return try await resend(&again, steps, start, client, deadline)
        }
        return try await resend(&transaction, steps, start, client, deadline)
    }

    /// Sends the very bytes of the request again, which the server recognises (RFC 8894 §5.2).
    private func resend(
        _ transaction: inout Transaction, _ steps: IssuanceSteps, _ start: Start, _ client: Client,
        _ deadline: ContinuousClock.Instant
    ) async throws -> Outcome {
        let message = try transaction.makeRequest(key: start.key, random: environment.random)
        try await save(transaction, steps)
        return try await send(message, &transaction, steps, start, client, deadline)
    }

    private func send(
        _ message: OutgoingMessage, _ transaction: inout Transaction, _ steps: IssuanceSteps, _ start: Start,
        _ client: Client, _ deadline: ContinuousClock.Instant
    ) async throws -> Outcome {
        let reply: TransportReply
        do {
            reply = try await client.send(
                message, offersPOST: transaction.authority?.capabilities.supportsPOST ?? false, deadline: deadline)
        } catch {
            if !error.requestMayHaveArrived {
                transaction.withdraw()
                try await save(transaction, steps)
            }
            throw error
        }
        var policy = ReplyPolicy()
        policy.allowsSingleDES = configuration.allowsSingleDES
        let outcome = try transaction.receive(reply, key: start.key, policy: policy, now: environment.clock.now())
        if case .pending = outcome { try await save(transaction, steps) }
        return outcome
    }

    private func load() async throws -> Start {
        let id = id
        return try await store.read { tables in
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            var steps = record.steps
            let transaction = try tables.issuances.transaction(record)
            steps.resume(at: transaction.state == .ready ? .capabilities : .request)
            let settings = try tables.settings.value(.communication)
            return Start(
                transaction: transaction, key: try tables.signingKey(of: record, transaction), steps: steps,
                // A CA that was accepted for another server is not accepted for this one (C4).
                trust: settings?.server == transaction.server ? try tables.authorityTrust() : .unconfirmed,
                timeout: settings?.timeout ?? CommunicationSettings.defaultTimeout)
        }
    }

    private func save(steps: IssuanceSteps) async throws {
        try await store.write { [id] tables in try tables.issuances.setSteps(steps, of: id) }
    }

    /// Stores the transaction before its message leaves.
    private func save(
        _ transaction: Transaction, _ steps: IssuanceSteps, acceptedInAdvance: Authority? = nil
    ) async throws {
        let now = environment.clock.now()
        try await store.write { [id, administrator] tables in
            // The settings may name another server by now, for which nobody has accepted this CA (C4).
            if let authority = acceptedInAdvance, try tables.acceptedAuthority() == nil,
                let settings = try tables.settings.value(.communication), settings.server == transaction.server,
                settings.caFingerprint?.matches(authority.caCertificate) == true
            {
                try tables.accept(
                    AcceptedAuthority(
                        certificate: authority.caCertificate, acceptedAt: now, acceptedBy: administrator.name),
                    by: administrator, at: now)
            }
            try tables.issuances.setTransaction(transaction, of: id)
            try tables.issuances.setSteps(steps, of: id)
        }
    }

    /// What is used; before it the status that came instead of capabilities, as the server has named none then.
    private static func detail(_ capabilities: Capabilities) -> String {
        let choice = "\(capabilities.choice())"
        if case .httpStatus(let status) = capabilities.source { return "HTTP \(status); \(choice)" }
        return choice
    }

    static let gone = MachineError(.corrupted, "the request is not in the store any more")
}

extension AuthorityTrust {
    /// The fingerprint that a CA has to have, by an administrator's word.
    var acceptedFingerprint: Fingerprint? {
        switch self {
        case .unconfirmed: nil
        case .typed(let fingerprint), .accepted(let fingerprint): fingerprint
        }
    }

    fileprivate var isTyped: Bool { if case .typed = self { true } else { false } }
}
