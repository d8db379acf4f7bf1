import FoundationEssentials
import PKI
import SCEP

/// The issuance requests with their sealed transactions; used inside a database transaction.
struct IssuanceTable {
    let connection: Connection
    let sealer: Sealer

    /// Who began a request.
    enum Kind: String, Sendable {
        case manual, automatic
    }

    struct Record: Sendable {
        let id: IssuanceID
        let historyNumber: Int?
        let keyID: Int?
        let keyName: String
        let use: KeyUse
        let state: IssuanceProgress.State
        let steps: IssuanceSteps
        /// Sealed; see ``IssuanceTable/transaction(_:)``.
        let sealedTransaction: [UInt8]?
        let startedAt: Date
        /// When the server was asked last, or is being asked; nil before the first time.
        let attemptedAt: Date?
        /// Nil for a request by hand.
        let automatic: Automatic?
    }

    /// Finished requests that are kept for the progress page.
    private static let kept = 20

    func create(keyName: String, use: KeyUse, historyNumber: Int, at now: Date) throws -> IssuanceID {
        try connection.run(
            """
            DELETE FROM issuance WHERE state IN ('succeeded', 'failed')
            AND id NOT IN (SELECT id FROM issuance ORDER BY id DESC LIMIT ?)
            """, [SQLValue(Self.kept - 1)])
        try connection.run(
            """
            INSERT INTO issuance (history_number, key_name, key_use, state, steps, started_at)
            VALUES (?, ?, ?, 'running', ?, ?)
            """,
            [
                SQLValue(historyNumber), .text(keyName), .text(use.identifier),
                .blob(try StoredJSON.encode(IssuanceSteps())), SQLValue(now),
            ])
        return IssuanceID(rawValue: connection.lastInsertedID)
    }

    func record(_ id: IssuanceID) throws -> Record? {
        try connection.run("SELECT * FROM issuance WHERE id = ?", [SQLValue(id.rawValue)]).first.map(record)
    }

    func latest() throws -> Record? {
        try connection.run("SELECT * FROM issuance ORDER BY id DESC LIMIT 1").first.map(record)
    }

    func all(_ state: IssuanceProgress.State) throws -> [Record] {
        try connection.run("SELECT * FROM issuance WHERE state = ? ORDER BY id", [.text(state.rawValue)]).map(record)
    }

    func isRunning() throws -> Bool { try !all(.running).isEmpty }

    /// Whether a request for this key's certificate is open.
    func isOpen(forKey id: Int) throws -> Bool {
        let sql = "SELECT id FROM issuance WHERE key_id = ? AND state NOT IN ('succeeded', 'failed')"
        return try !connection.run(sql, [SQLValue(id)]).isEmpty
    }

    /// The automatic request that has not ended: there is one at most.
    func openAutomatic() throws -> Record? {
        let sql = "SELECT * FROM issuance WHERE kind = 'automatic' AND state NOT IN ('succeeded', 'failed')"
        return try connection.run(sql).first.map(record)
    }

    func setState(_ state: IssuanceProgress.State, _ steps: IssuanceSteps, of id: IssuanceID) throws {
        try connection.run(
            "UPDATE issuance SET state = ?, steps = ? WHERE id = ?",
            [.text(state.rawValue), .blob(try StoredJSON.encode(steps)), SQLValue(id.rawValue)])
    }

    func setSteps(_ steps: IssuanceSteps, of id: IssuanceID) throws {
        try connection.run(
            "UPDATE issuance SET steps = ? WHERE id = ?",
            [.blob(try StoredJSON.encode(steps)), SQLValue(id.rawValue)])
    }

    func setKey(_ keyID: Int, of id: IssuanceID) throws {
        try connection.run("UPDATE issuance SET key_id = ? WHERE id = ?", [SQLValue(keyID), SQLValue(id.rawValue)])
    }

    func setHistoryNumber(_ number: Int, of id: IssuanceID) throws {
        try connection.run(
            "UPDATE issuance SET history_number = ? WHERE id = ?", [SQLValue(number), SQLValue(id.rawValue)])
    }

    /// Stores the transaction, which holds the challenge password, under the machine key; nil removes it.
    func setTransaction(_ transaction: Transaction?, of id: IssuanceID) throws {
        let sealed = try transaction.map { try sealer.seal(StoredJSON.encode($0), context: Self.context(id)) }
        try connection.run(
            "UPDATE issuance SET sealed_transaction = ? WHERE id = ?", [SQLValue(sealed), SQLValue(id.rawValue)])
    }

    func transaction(_ record: Record) throws -> Transaction {
        guard let sealed = record.sealedTransaction else {
            throw MachineError(.corrupted, "the request has no transaction")
        }
        return try StoredJSON.decode(Transaction.self, sealer.open(sealed, context: Self.context(record.id)))
    }

    private func record(_ row: Row) throws -> Record {
        guard let state = IssuanceProgress.State(rawValue: try row.text("state")) else {
            throw MachineError(.corrupted, "a request has an unknown state")
        }
        return Record(
            id: IssuanceID(rawValue: try row.integer("id")), historyNumber: try row.optionalInteger("history_number"),
            keyID: try row.optionalInteger("key_id"), keyName: try row.text("key_name"),
            use: KeyUse(identifier: try row.text("key_use")) ?? .none, state: state,
            steps: try StoredJSON.decode(IssuanceSteps.self, try row.blob("steps")),
            sealedTransaction: try row.optionalBlob("sealed_transaction"), startedAt: try row.date("started_at"),
            attemptedAt: try row.optionalDate("attempted_at"), automatic: try Automatic(row))
    }

    private static func context(_ id: IssuanceID) -> String { "transaction \(id.rawValue)" }
}
