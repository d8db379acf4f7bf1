import FoundationEssentials

extension Machine {
    /// What waits for a restart; empty if nothing does (P3).
    public func pendingRestart() async throws -> [RestartReason] {
        try await store.read { try $0.pendingRestart() }
    }

    /// Writes the restart into the audit log and starts it.
    public func restart(by administrator: Administrator) async throws {
        try await audit(.restart, by: administrator)
        try await environment.restartAction.restart()
        runtime.withLock { $0.restart.succeed() }
    }

    // MARK: Automatic restart

    /// The name of the key that the machine restarts for by itself, as soon as nothing runs that would be cut off; nil
    /// if there is none (T5).
    public func automaticRestartKey() async throws -> String? { try await store.read { try $0.keyToRestartFor() } }

    /// An import or export begins: the automatic restart waits for its end (T5). Each call that gave true is ended by
    /// one of ``endBatchOperation()``.
    ///
    /// - Returns: false when the restart is on its way: nothing may begin any more.
    @discardableResult
    public func beginBatchOperation() -> Bool { runtime.withLock { $0.restart.beginBatchOperation() } }

    /// An import or export has ended, well or not.
    public func endBatchOperation() {
        if runtime.withLock({ $0.restart.endBatchOperation() }) { wakeAutoRequests() }
    }

    /// [Automatically Restart Device After Acquiring Certificate] (T5): restarts when the key of an automatic request
    /// waits for that, unless an import, an export or a request runs.
    ///
    /// - Returns: when to try again after the restart action failed; nil when there is nothing to wait for.
    func restartIfDue() async throws -> Date? {
        let unwritten = await issuing.unwritten
        let due = try await store.read { tables in
            let isRunning = try tables.issuances.all(.running).contains { unwritten[$0.id] == nil }
            return isRunning ? nil : try tables.keyToRestartFor()
        }
        guard let keyName = due else { return nil }
        let now = now
        let (next, isFirst) = runtime.withLock { $0.restart.ask(at: now) }
        guard next == now else { return next }
        do {
            if isFirst { try await audit(.restart, detail: "for \(keyName)", by: .machine) }
            try await environment.restartAction.restart()
        } catch {
            runtime.withLock { $0.restart.fail(at: now) }
            logger.error("The restart action failed: \(type(of: error))")
            if isFirst { try await audit(.restart, "", .failed, detail: "the restart action failed", by: .machine) }
            return now + AutomaticRestart.retryInterval
        }
        runtime.withLock { $0.restart.succeed() }
        // What came before it is in the log: the restart and its failure.
        if !isFirst { try await audit(.restart, detail: "for \(keyName), at last", by: .machine) }
        return nil
    }
}

extension Tables {
    func pendingRestart() throws -> [RestartReason] {
        let pending = try keys.all().filter(\.isRestartPending)
        return try pending.filter(isToTakeOver).map { record in
            // One that cannot be used gives way to the one before it, which then makes the old ones go.
            let serving = pending.last {
                $0.use == record.use && (record.use != .none || $0.id == record.id) && canServe($0)
            }
            guard let serving, serving.replacesOld else {
                return RestartReason(
                    keyName: (serving ?? record).name, use: record.use,
                    tlsProblem: serving == nil ? tlsProblem(of: record) : nil)
            }
            let old = try keys(replacedBy: serving)
            return RestartReason(
                keyName: serving.name, use: record.use,
                newName: try newName(of: serving, whenGone: Set(old.map(\.id))),
                oldKeys: old.map { .init(name: $0.name, isManual: !$0.isAutomatic) })
        }
    }

    /// Whether a key that waits for the restart will be able to serve its use.
    private func canServe(_ record: KeyTable.Record) -> Bool {
        isReadable(record) && tlsProblem(of: record)?.preventsService != true
    }

    /// The key that the machine is to restart for by itself, or nil.
    func keyToRestartFor() throws -> String? {
        try keys.all().last { $0.isRestartPending && $0.restartsDevice }?.name
    }
}
