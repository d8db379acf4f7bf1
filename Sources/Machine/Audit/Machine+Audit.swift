extension Machine {
    /// The newest entries of the audit log, the newest first.
    public func auditEntries(limit: Int = 1000) async throws -> [AuditEntry] {
        try await store.read { try $0.audit.newest(limit) }
    }

    /// The first entry that no longer fits the chain, or nil if the log is as it was written (D4).
    public func firstAlteredAuditEntry() async throws -> Int? {
        try await store.read { try $0.audit.firstBrokenEntry() }
    }

    /// Writes an audit entry for something that changed nothing in the store.
    func audit(
        _ operation: AuditOperation, _ target: String = "", _ result: AuditResult = .ok, detail: String = "",
        by administrator: Administrator
    ) async throws {
        let now = now
        try await store.write { tables in
            try tables.audit.append(operation, target, result, detail: detail, by: administrator, at: now)
        }
    }

    /// Writes down what happens whether it can be written down or not: a start, a login, a log out. What cannot be
    /// written is logged and counted, and the log says so once it can be written again.
    func note(_ events: [AuditEvent]) async {
        let missed = runtime.withLock { $0.missedAudit.take() }
        guard missed != nil || !events.isEmpty else { return }
        let now = now
        do {
            try await store.write { tables in
                if let missed { try tables.audit.append(missed.event(at: now)) }
                for event in events { try tables.audit.append(event) }
            }
        } catch {
            runtime.withLock { runtime in
                if let missed { runtime.miss(missed) }
                if !events.isEmpty { runtime.miss(MissedAudit(events, at: now)) }
            }
            for event in events {
                logger.error("\(event.operation.rawValue) (\(event.result.rawValue)) could not be audited: \(error)")
            }
        }
    }

    /// Writes down what strangers set the pace of: a few a minute of each kind and address, and the number of the rest.
    func noteThrottled(_ event: AuditEvent, allowance: Int = 1) async {
        let due = runtime.withLock { $0.throttle.entries(for: event, allowance: allowance) }
        if !due.isEmpty { await note(due) }
    }

    /// Writes what waits for it: entries that could not be written, numbers of those that were held back, a lock-out
    /// that was counted in memory. Called every half minute.
    func catchUpOnAudit() async {
        let now = now
        await writeLockout()
        await note(runtime.withLock { $0.throttle.countsDue(at: now) })
        // While the log cannot be written, what needs less room proves nothing.
        if runtime.withLock({ $0.missedAudit == nil }) { await store.proveWritable() }
    }
}
