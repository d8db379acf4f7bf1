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

    /// An exchange with the server: what it started from, and how far it is.
    struct Exchange: Sendable {
        let key: PrivateKey
        let trust: AuthorityTrust
        let client: Client
        let deadline: ContinuousClock.Instant
        var transaction: Transaction
        var steps: IssuanceSteps
        /// Whether the certificates of the server have been asked for. Once an exchange, whatever they are.
        var knowsPresentAuthority = false
    }

    /// One exchange with the server within the Communication Timeout (C2).
    ///
    /// - Parameter agreed: the CA that the administrator agreed to, whatever was accepted while the key was made; nil
    ///   for a request that is taken up again.
    func exchange(agreed: Fingerprint? = nil) async throws -> Outcome {
        var exchange = try await begin()
        switch exchange.transaction.state {
        case .ready: return try await sendFirst(&exchange, agreed: agreed)
        case .pending where !exchange.transaction.pollsByRequest: return try await poll(&exchange)
        default: return try await resend(&exchange)
        }
    }

    private func sendFirst(_ exchange: inout Exchange, agreed: Fingerprint?) async throws -> Outcome {
        let (client, deadline) = (exchange.client, exchange.deadline)
        let capabilities = try await client.capabilities(deadline: deadline)
        exchange.steps.finish(.capabilities, detail: Self.detail(capabilities))
        try await save(steps: exchange.steps)
        let authority = try await client.authority(
            capabilities: capabilities, trust: exchange.trust, now: environment.clock.now(), deadline: deadline)
        exchange.knowsPresentAuthority = true
        guard let accepted = exchange.trust.acceptedFingerprint else {
            throw SCEPError(.authorityNotAccepted, "no CA has been accepted")
        }
        try exchange.transaction.adopt(authority, accepted: agreed ?? accepted)
        exchange.steps.finish(.authority, detail: "\(authority.caCertificate.subject)")
        return try await send(&exchange, acceptedInAdvance: exchange.trust.isTyped ? authority : nil) {
            transaction, key throws(SCEPError) in
            try transaction.makeRequest(key: key, random: environment.random)
        }
    }

    /// Stores the transaction with the message that is made of it, sends that, and reads the answer. After a FAILURE the
    /// transaction of the exchange is as it was sent, for whoever has another message for it.
    func send(
        _ exchange: inout Exchange, acceptedInAdvance: Authority? = nil,
        _ make: (inout Transaction, PrivateKey) throws(SCEPError) -> OutgoingMessage
    ) async throws -> Outcome {
        let message = try make(&exchange.transaction, exchange.key)
        try await save(exchange, acceptedInAdvance: acceptedInAdvance)
        let reply: TransportReply
        do {
            reply = try await exchange.client.send(
                message, offersPOST: exchange.transaction.authority?.capabilities.supportsPOST ?? false,
                deadline: exchange.deadline)
        } catch {
            if !error.requestMayHaveArrived {
                exchange.transaction.withdraw()
                try await save(exchange)
            }
            throw error
        }
        do {
            return try await receive(reply, &exchange)
        } catch let error as SCEPError where error.mayComeOfRenewedRA && !exchange.knowsPresentAuthority {
            try await learnPresentAuthority(&exchange, after: error)
            return try await receive(reply, &exchange)
        }
    }

    private func receive(_ reply: TransportReply, _ exchange: inout Exchange) async throws -> Outcome {
        var policy = ReplyPolicy()
        policy.allowsSingleDES = configuration.allowsSingleDES
        var transaction = exchange.transaction
        let outcome = try transaction.receive(
            reply, key: exchange.key, policy: policy, now: environment.clock.now())
        if case .pending = outcome {
            exchange.transaction = transaction
            try await save(exchange)
        }
        return outcome
    }

    private func begin() async throws -> Exchange {
        let id = id
        let (transaction, key, steps, trust, timeout) = try await store.read { tables in
            guard let record = try tables.issuances.record(id) else { throw Self.gone }
            var steps = record.steps
            let transaction = try tables.issuances.transaction(record)
            steps.resume(at: transaction.state == .ready ? .capabilities : .request)
            let settings = try tables.settings.value(.communication)
            return (
                transaction, try tables.signingKey(of: record, transaction), steps,
                // A CA that was accepted for another server is not accepted for this one (C4).
                settings?.server == transaction.server ? try tables.authorityTrust() : .unconfirmed,
                settings?.timeout ?? CommunicationSettings.defaultTimeout
            )
        }
        return Exchange(
            key: key, trust: trust, client: Client(transport: environment.transport(transaction.server)),
            deadline: ContinuousClock.now.advanced(by: .seconds(timeout)), transaction: transaction, steps: steps)
    }

    private func save(steps: IssuanceSteps) async throws {
        try await store.write { [id] tables in try tables.issuances.setSteps(steps, of: id) }
    }

    /// Stores the transaction before its message leaves.
    func save(_ exchange: Exchange, acceptedInAdvance: Authority? = nil) async throws {
        let (transaction, steps, now) = (exchange.transaction, exchange.steps, environment.clock.now())
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
