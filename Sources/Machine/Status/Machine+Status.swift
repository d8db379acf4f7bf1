extension Machine {
    /// What the machine knows of itself, at this moment (P1).
    public func status() async throws -> MachineStatus {
        let (tlsKeyName, runtimeErrors, hasRestartFailed) = runtime.withLock {
            ($0.tlsKeyName, $0.tlsFailures + $0.takeOverFailures, $0.restart.failedAt != nil)
        }
        let isFull = store.isFull
        let notStored = await issuing.requestsNotStored
        let unwritten = await issuing.unwritten
        let autoRequest = try await autoRequestState()
        let (now, startedAt, addresses) = (now, startedAt, environment.addresses())
        return try await store.read { tables in
            let keys = try tables.keys.all().map { try tables.entry(of: $0) }
            let pendingRestart = try tables.pendingRestart()
            var errors = (isFull ? [.storageFull] : []) + runtimeErrors
            if hasRestartFailed, try tables.keyToRestartFor() != nil { errors.append(.restartFailed) }
            for id in notStored {
                if let name = try tables.issuances.record(id)?.keyName {
                    errors.append(.certificateNotStored(keyName: name))
                }
            }
            errors += keys.filter { $0.state == .corrupted }.map { .keyCorrupted(name: $0.name) }
            errors += keys.filter { $0.state == .inUse && $0.notAfter.map { $0 < now } ?? false }
                .map { .certificateExpired(keyName: $0.name) }
            let history = try tables.history.all().map { $0.overlaid(by: unwritten) }
            if autoRequest.isTimerEnabled, let last = history.first(where: { !$0.isManual }), last.status == .error,
                last.cause != .discarded
            {
                errors.append(.automaticRequestFailed(keyName: last.keyName))
            }
            let state: MachineStatus.State =
                try tables.issuances.all(.running).contains { unwritten[$0.id] == nil }
                ? .issuanceRunning : pendingRestart.isEmpty ? .ready : .restartPending
            return MachineStatus(
                state: state, errors: errors, startedAt: startedAt, addresses: addresses,
                tlsKey: keys.first { $0.name == tlsKeyName }, pendingRestart: pendingRestart,
                lastRequest: history.first, autoRequest: autoRequest)
        }
    }
}
