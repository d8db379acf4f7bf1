extension Machine {
    /// [Certificate Issuance Request Status]: the last 20 requests, the newest first (S1, S3).
    public func history() async throws -> [HistoryEntry] {
        let unwritten = await issuing.unwritten
        return try await store.read { try $0.history.all().map { $0.overlaid(by: unwritten) } }
    }

    /// One entry, while it is among the last 20.
    public func historyEntry(_ number: Int) async throws -> HistoryEntry? {
        let unwritten = await issuing.unwritten
        return try await store.read { try $0.history.entry(number)?.overlaid(by: unwritten) }
    }
}
