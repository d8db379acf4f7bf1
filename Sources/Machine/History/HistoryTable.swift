import FoundationEssentials

/// The history of issuance requests; used inside a database transaction.
struct HistoryTable {
    let connection: Connection

    /// Entries that are kept; the next one overwrites the oldest (S3).
    static let limit = 20

    /// Adds an entry and drops the oldest beyond the limit.
    func add(
        keyName: String, status: HistoryEntry.Status, outcome: IssuanceOutcome? = nil, isManual: Bool = true,
        at now: Date
    ) throws -> Int {
        try connection.run(
            "INSERT INTO history (key_name, status, request_date, is_manual, outcome) VALUES (?, ?, ?, ?, ?)",
            [
                .text(keyName), .text(status.rawValue), SQLValue(now), SQLValue(isManual),
                SQLValue(try outcome.map { try StoredJSON.encode($0) }),
            ])
        let number = connection.lastInsertedID
        try connection.run(
            "DELETE FROM history WHERE number NOT IN (SELECT number FROM history ORDER BY number DESC LIMIT ?)",
            [SQLValue(Self.limit)])
        return number
    }

    /// Changes an entry's status; a successful one takes the time of issue, one that is taken up again that time.
    func update(_ number: Int, _ status: HistoryEntry.Status, _ outcome: IssuanceOutcome?, at date: Date? = nil) throws
    {
        try connection.run(
            "UPDATE history SET status = ?, outcome = ?, request_date = coalesce(?, request_date) WHERE number = ?",
            [
                .text(status.rawValue), SQLValue(try outcome.map { try StoredJSON.encode($0) }), SQLValue(date),
                SQLValue(number),
            ])
    }

    func setTransactionID(_ id: String, of number: Int) throws {
        try connection.run("UPDATE history SET transaction_id = ? WHERE number = ?", [.text(id), SQLValue(number)])
    }

    func entry(_ number: Int) throws -> HistoryEntry? {
        try entries("WHERE history.number = ?", [SQLValue(number)]).first
    }

    /// What an entry says of the last attempt; nil before its end.
    func outcome(_ number: Int) throws -> IssuanceOutcome? {
        try connection.run("SELECT outcome FROM history WHERE number = ?", [SQLValue(number)]).first?
            .optionalBlob("outcome").map { try StoredJSON.decode(IssuanceOutcome.self, $0) }
    }

    /// When an automatic request last brought a certificate, as far as the kept entries tell.
    func lastAutomaticSuccess() throws -> Date? {
        let sql = "SELECT max(request_date) AS date FROM history WHERE is_manual = 0 AND status = 'successful'"
        return try connection.run(sql).first?.optionalDate("date")
    }

    /// All entries, the newest first.
    func all() throws -> [HistoryEntry] { try entries("", []) }

    private func entries(_ condition: String, _ values: [SQLValue]) throws -> [HistoryEntry] {
        let sql = """
            SELECT history.*, issuance.id AS issuance, issuance.state AS issuance_state, issuance.polls,
                issuance.is_poll, issuance.attempted_at FROM history
            LEFT JOIN issuance ON issuance.history_number = history.number
            \(condition) ORDER BY history.number DESC
            """
        return try connection.run(sql, values).map { row in
            guard let status = HistoryEntry.Status(rawValue: try row.text("status")) else {
                throw MachineError(.corrupted, "a history entry has an unknown status")
            }
            let outcome = try row.optionalBlob("outcome").map { try StoredJSON.decode(IssuanceOutcome.self, $0) }
            let issuance = try row.optionalInteger("issuance").map(IssuanceID.init(rawValue:))
            let state = try row.optionalText("issuance_state").flatMap(IssuanceProgress.State.init)
            return HistoryEntry(
                number: try row.integer("number"), keyName: try row.text("key_name"), status: status,
                requestDate: try row.date("request_date"), details: outcome?.details, cause: outcome?.cause,
                failInfoText: outcome?.failInfoText, microsoftStatus: outcome?.microsoftStatus,
                transactionID: try row.optionalText("transaction_id"), isManual: try row.flag("is_manual"),
                openIssuance: state?.isKept == true ? issuance : nil, issuance: issuance,
                polling: try state.flatMap { try polling(row, $0) })
        }
    }

    /// How far the polling of the request behind an entry has come, by the present settings.
    private func polling(_ row: Row, _ state: IssuanceProgress.State) throws -> IssuanceProgress.Polling? {
        guard let attemptedAt = try row.optionalDate("attempted_at") else { return nil }
        return IssuanceProgress.Polling(
            state, made: try row.integer("polls"), isPoll: try row.flag("is_poll"), attemptedAt: attemptedAt,
            settings: try SettingTable(connection: connection).autoRequestSettings)
    }
}
