import FoundationEssentials
import PKI
import SCEP

extension Machine {
    /// Checks a request before the administrator confirms it. With no CA accepted yet, looks the CA up within the
    /// Communication Timeout, so that it can be confirmed with the request (C6).
    ///
    /// - Throws: ``IssuanceRefusal``; a look-up that failed is in the history.
    public func prepareIssuance(
        _ request: IssuanceRequest, by administrator: Administrator
    ) async throws -> IssuancePreparation {
        let (now, keyLimit) = (now, configuration.keyLimit)
        let (refusal, accepted, server) = try await store.write { tables in
            let refusal = try tables.refusalToBegin(request, keyLimit: keyLimit, at: now)
            if let refusal { try tables.record(refusal, of: request, by: administrator, at: now) }
            return (refusal, try tables.acceptedAuthority(), try tables.settings.value(.communication)?.server)
        }
        if let refusal { throw refusal }
        if let accepted, let server { return .ready(accepted, server) }
        do {
            let shown = try await lookUpAuthority()
            if try await communicationSettings()?.caFingerprint?.matches(shown.authority.caCertificate) == true {
                return .ready(try await accept(shown, by: administrator), shown.server)
            }
            await connectionTests.show(shown)
            return .confirmAuthority(shown.summary, shown.server)
        } catch is AuthorityRefusal {
            // The settings were changed while the CA was looked up.
            throw IssuanceRefusal.settingsChanged
        } catch let error as SCEPError {
            logger.error("The CA could not be looked up: \(error)")
            let number = try await store.write { [now = self.now] tables in
                let outcome = IssuanceOutcome(error, trust: try tables.authorityTrust())
                try tables.audit.append(
                    .requestIssuance, request.keyName, .failed, detail: outcome.cause.rawValue, by: administrator,
                    at: now)
                return try tables.history.add(keyName: request.keyName, status: .error, outcome: outcome, at: now)
            }
            throw IssuanceRefusal.lookUpFailed(historyNumber: number)
        }
    }

    /// Begins a request; it goes on by itself, and ``issuance(_:)`` tells how far it has come (I2).
    ///
    /// - Parameter destination: the server and the CA that the administrator was shown and agreed to. The request goes
    ///   there or nowhere, whatever another session has set meanwhile (C4).
    /// - Throws: ``IssuanceRefusal``; every rule is checked in the transaction that begins the request.
    public func beginIssuance(
        _ request: IssuanceRequest, to destination: IssuanceDestination, by administrator: Administrator
    ) async throws -> IssuanceID {
        let shown = destination.acceptsAuthority ? await connectionTests.shown(destination.authority) : nil
        let (now, keyLimit) = (now, configuration.keyLimit)
        let result: Result<IssuanceID, IssuanceRefusal> = try await store.write { tables in
            if let refusal = try tables.refusalToBegin(request, keyLimit: keyLimit, at: now) {
                try tables.record(refusal, of: request, by: administrator, at: now)
                return .failure(refusal)
            }
            if let refusal = try tables.confirm(destination, shown, by: administrator, at: now) {
                try tables.record(refusal, of: request, by: administrator, at: now)
                return .failure(refusal)
            }
            let number = try tables.history.add(keyName: request.keyName, status: .processing, at: now)
            let id = try tables.issuances.create(
                keyName: request.keyName, use: request.use, historyNumber: number, at: now)
            try tables.audit.append(.requestIssuance, request.keyName, by: administrator, at: now)
            return .success(id)
        }
        let id = try result.get()
        await issuing.start(id, request, to: destination, by: administrator)
        return id
    }

    /// How far a request has come; nil for one that is not known (any more).
    public func issuance(_ id: IssuanceID) async throws -> IssuanceProgress? {
        let unwritten = await issuing.unwritten
        return try await store.read { tables in
            try tables.issuances.record(id).map { try tables.progress($0, unwritten) }
        }
    }

    /// The newest request, whether it runs, waits or has ended.
    public func currentIssuance() async throws -> IssuanceProgress? {
        let unwritten = await issuing.unwritten
        return try await store.read { tables in
            try tables.issuances.latest().map { try tables.progress($0, unwritten) }
        }
    }

    /// [Check Again]: polls for a deferred request, or sends an unanswered one again (I8). One that is polled by itself is
    /// polled at once.
    ///
    /// - Throws: ``IssuanceRefusal/notWaiting``, ``IssuanceRefusal/underWay``, ``IssuanceRefusal/requestInProgress``.
    public func checkAgain(_ id: IssuanceID, by administrator: Administrator) async throws {
        // The store could not even take the end of the last attempt, so that it names the request as running still.
        if await issuing.resumeUnwritten(id, by: administrator) { return }
        let now = now
        let refusal: IssuanceRefusal? = try await store.write { tables in
            guard let record = try tables.issuances.record(id) else { return .notWaiting }
            if let refusal = record.state.refusal { return refusal }
            if try tables.issuances.isRunning() { return .requestInProgress }
            let (polls, isPoll) = (record.automatic?.polls ?? 0, record.state == .polling)
            try tables.takeUp(record, polls: isPoll ? polls + 1 : polls, isPoll: isPoll, at: now)
            if let number = record.historyNumber { try tables.history.update(number, .processing, nil) }
            try tables.audit.append(.checkAgain, record.keyName, by: administrator, at: now)
            return nil
        }
        if let refusal { throw refusal }
        await issuing.resume(id, by: administrator)
    }

    /// [Discard]: gives a request up that waits or is polled; its key and transaction are deleted (I8).
    ///
    /// - Throws: ``IssuanceRefusal/notWaiting``, ``IssuanceRefusal/underWay``.
    public func discard(_ id: IssuanceID, by administrator: Administrator) async throws {
        let now = now
        // Of one whose end the store could not take it still says that it runs.
        let hasEnded = await issuing.unwritten[id] != nil
        let refusal: IssuanceRefusal? = try await store.write { tables in
            guard let record = try tables.issuances.record(id) else { return .notWaiting }
            if let refusal = record.state.refusal, refusal != .underWay || !hasEnded { return refusal }
            let details = try record.historyNumber.flatMap { try tables.history.outcome($0)?.details }
            try tables.end(record, IssuanceOutcome(details ?? .deferred, .discarded))
            try tables.audit.append(.discardRequest, record.keyName, by: administrator, at: now)
            return nil
        }
        if let refusal { throw refusal }
        await issuing.forget(id)
    }

    /// Takes up what a power cut or a restart interrupted: a request that was sent is sent again as the same bytes; one
    /// by hand whose key was never stored is an error in the history (I7), an automatic one gets its key. Called once at
    /// start.
    public func resumeIssuances() async throws {
        let now = now
        let running = try await store.write { tables in
            let isClockSet = try tables.isClockSet(at: now)
            return try tables.issuances.all(.running).filter { record in
                // While the clock is not set no certificate can be judged: the timer takes the request up when it is.
                if record.automatic != nil { return isClockSet }
                if record.keyID != nil, record.sealedTransaction != nil { return true }
                try tables.end(record, IssuanceOutcome(.communicationError, .interrupted))
                try tables.audit.append(
                    .requestIssuance, record.keyName, .failed, detail: "interrupted", by: .machine, at: now)
                return false
            }
        }
        for record in running { await issuing.resume(record.id, by: .machine) }
    }

    /// Returns when no request runs any more: for an orderly stop.
    public func waitForIssuances() async { await issuing.waitUntilIdle() }
}

extension IssuanceProgress.State {
    /// Why a request in this state cannot be checked again, nor discarded.
    fileprivate var refusal: IssuanceRefusal? {
        switch self {
        case .running: .underWay
        case .waiting, .polling: nil
        case .succeeded, .failed: .notWaiting
        }
    }
}

extension Tables {
    func progress(
        _ record: IssuanceTable.Record, _ unwritten: [IssuanceID: IssuanceOutcome]
    ) throws -> IssuanceProgress {
        var (state, steps) = (record.state, record.steps)
        if unwritten[record.id] != nil {
            state = .waiting
            steps.stop(.failed)
        }
        let entry = try record.historyNumber.flatMap { try history.entry($0) }
        return IssuanceProgress(
            id: record.id, keyName: record.keyName, use: record.use, state: state, steps: steps.list,
            startedAt: record.startedAt, askedAt: record.attemptedAt, history: entry.map { $0.overlaid(by: unwritten) },
            isManual: record.automatic == nil, polling: state == record.state ? try polling(record) : nil)
    }

    /// Why the request may not go where the administrator agreed to; nil if server and CA are still those, or if the CA
    /// that was shown is accepted now.
    fileprivate func confirm(
        _ destination: IssuanceDestination, _ shown: ShownAuthority?, by administrator: Administrator, at now: Date
    ) throws -> IssuanceRefusal? {
        guard let settings = try settings.value(.communication), settings.server == destination.server else {
            return .settingsChanged
        }
        if let accepted = try acceptedAuthority() {
            return destination.authority.matches(accepted.certificate) ? nil : .settingsChanged
        }
        if let typed = settings.caFingerprint {
            // The exchange compares the CA itself, and accepts it when it is the one.
            if typed == destination.authority { return nil }
            if shown.map({ typed.matches($0.authority.caCertificate) }) != true { return .settingsChanged }
        }
        guard let shown, shown.server == destination.server,
            destination.authority.matches(shown.authority.caCertificate)
        else { return .authorityNotAccepted }
        try accept(
            AcceptedAuthority(
                certificate: shown.authority.caCertificate, acceptedAt: now, acceptedBy: administrator.name),
            by: administrator, at: now)
        return nil
    }
}
