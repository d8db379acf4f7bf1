extension Machine {
    /// What waits for a restart; empty if nothing does (P3).
    public func pendingRestart() async throws -> [RestartReason] {
        try await store.read { try $0.pendingRestart() }
    }

    /// Writes the restart into the audit log and starts it.
    public func restart(by administrator: Administrator) async throws {
        try await audit(.restart, by: administrator)
        try await environment.restartAction.restart()
    }
}

extension Tables {
    func pendingRestart() throws -> [RestartReason] {
        try keys.all().filter(\.isRestartPending).map { .key(name: $0.name, use: $0.use) }
    }
}
