extension Machine {
    /// The newest entries of the audit log, the newest first.
    public func auditEntries(limit: Int = 1000) async throws -> [AuditEntry] {
        try await store.read { try $0.audit.newest(limit) }
    }

    /// The first entry that no longer fits the chain, or nil if the log is as it was written (D4).
    public func firstAlteredAuditEntry() async throws -> Int? {
        try await store.read { try $0.audit.firstBrokenEntry() }
    }
}
