extension Machine {
    /// [Certificate Issuance Request Status]: the last 20 requests, the newest first (S1, S3).
    public func history() async throws -> [HistoryEntry] { try await store.read { try $0.history.all() } }

    /// One entry, while it is among the last 20.
    public func historyEntry(_ number: Int) async throws -> HistoryEntry? {
        try await store.read { try $0.history.entry(number) }
    }
}
