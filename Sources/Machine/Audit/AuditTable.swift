import FoundationEssentials
import PKI

/// The audit log: append-only, each entry sealed to the one before it by a SHA-256 chain, written in the transaction of
/// the change that it records.
///
/// It keeps the newest entries. When it is full, the oldest tenth is dropped at once: `audit_start` keeps the last
/// dropped entry's number and hash, which the chain begins with from then on, and an entry in the chain names both.
struct AuditTable {
    let connection: Connection
    /// Most entries. A busy machine writes fewer in a year.
    var limit = 10_000

    func append(_ event: AuditEvent) throws {
        try append(event.operation, "", event.result, detail: event.detail, by: event.administrator, at: event.date)
    }

    func append(
        _ operation: AuditOperation, _ target: String = "", _ result: AuditResult = .ok, detail: String = "",
        by administrator: Administrator, at date: Date
    ) throws {
        let last = try connection.run("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").first
        let sequence = try last?.integer("sequence") ?? 0
        // The entry that says so needs room too.
        if operation != .dropAuditEntries, try sequence - start().sequence >= limit - 1 {
            try dropOldest(upTo: sequence - (limit - limit / 10) + 2, at: date)
            return try append(operation, target, result, detail: detail, by: administrator, at: date)
        }
        let entry = Entry(
            sequence: sequence + 1, date: date.timeIntervalSince1970, name: administrator.name,
            role: administrator.role.rawValue, address: administrator.remoteAddress, operation: operation.rawValue,
            target: target, result: result.rawValue, detail: detail)
        let hash = entry.hash(after: try last?.blob("hash") ?? [])
        try connection.run(
            "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                SQLValue(entry.sequence), .real(entry.date), .text(entry.name), .text(entry.role), .text(entry.address),
                .text(entry.operation), .text(entry.target), .text(entry.result), .text(entry.detail), .blob(hash),
            ])
    }

    /// The newest entries first.
    func newest(_ limit: Int) throws -> [AuditEntry] {
        let rows = try connection.run("SELECT * FROM audit ORDER BY sequence DESC LIMIT ?", [SQLValue(limit)])
        return try rows.map { row in
            guard let role = Administrator.Role(rawValue: try row.text("role")),
                let operation = AuditOperation(rawValue: try row.text("operation")),
                let result = AuditResult(rawValue: try row.text("result"))
            else { throw MachineError(.corrupted, "an audit entry cannot be read") }
            return AuditEntry(
                sequence: try row.integer("sequence"), date: try row.date("at"), name: try row.text("name"), role: role,
                remoteAddress: try row.text("address"), operation: operation, target: try row.text("target"),
                result: result, detail: try row.text("detail"), hash: try row.blob("hash"))
        }
    }

    /// The sequence number of the first entry that was altered or follows a missing one; nil if the chain holds.
    func firstBrokenEntry() throws -> Int? {
        let start = try start()
        var previous = start.hash
        var expected = start.sequence + 1
        // Where the chain begins has to be where the log itself says that it does.
        var dropped: Entry?
        for row in try connection.run("SELECT * FROM audit ORDER BY sequence") {
            let entry = try Entry(row)
            guard entry.sequence == expected, entry.hash(after: previous) == (try row.blob("hash")) else {
                return entry.sequence
            }
            if entry.operation == AuditOperation.dropAuditEntries.rawValue { dropped = entry }
            previous = try row.blob("hash")
            expected += 1
        }
        return start.sequence == 0 || dropped?.detail == start.words ? nil : start.sequence + 1
    }

    /// The last entry that was dropped.
    private struct Start {
        var sequence = 0
        var hash: [UInt8] = []

        /// For the log.
        var words: String { "up to \(sequence), whose hash is \(Hex.encode(hash))" }
    }

    private func start() throws -> Start {
        guard let row = try connection.run("SELECT * FROM audit_start").first else { return Start() }
        return Start(sequence: try row.integer("sequence"), hash: try row.blob("hash"))
    }

    private func dropOldest(upTo sequence: Int, at date: Date) throws {
        guard
            let last = try connection.run("SELECT hash FROM audit WHERE sequence = ?", [SQLValue(sequence)]).first
        else { throw MachineError(.corrupted, "audit entry \(sequence) is missing") }
        let start = Start(sequence: sequence, hash: try last.blob("hash"))
        try connection.run(
            "INSERT OR REPLACE INTO audit_start (id, sequence, hash) VALUES (1, ?, ?)",
            [SQLValue(start.sequence), .blob(start.hash)])
        try connection.run("DELETE FROM audit WHERE sequence <= ?", [SQLValue(sequence)])
        try append(.dropAuditEntries, detail: start.words, by: .machine, at: date)
    }

    /// The values that the chain covers.
    private struct Entry {
        let sequence: Int
        let date: Double
        let name, role, address, operation, target, result, detail: String

        init(
            sequence: Int, date: Double, name: String, role: String, address: String, operation: String, target: String,
            result: String, detail: String
        ) {
            self.sequence = sequence
            self.date = date
            self.name = name
            self.role = role
            self.address = address
            self.operation = operation
            self.target = target
            self.result = result
            self.detail = detail
        }

        init(_ row: Row) throws {
            self.init(
                sequence: try row.integer("sequence"), date: try row.date("at").timeIntervalSince1970,
                name: try row.text("name"), role: try row.text("role"), address: try row.text("address"),
                operation: try row.text("operation"), target: try row.text("target"), result: try row.text("result"),
                detail: try row.text("detail"))
        }

        func hash(after previous: [UInt8]) -> [UInt8] {
            var bytes = previous
            append(UInt64(sequence), to: &bytes)
            append(date.bitPattern, to: &bytes)
            // Each text is preceded by its length, so that no two different entries give the same bytes.
            for text in [name, role, address, operation, target, result, detail] {
                append(UInt64(text.utf8.count), to: &bytes)
                bytes += text.utf8
            }
            return DigestAlgorithm.sha256.hash(bytes)
        }

        private func append(_ value: UInt64, to bytes: inout [UInt8]) {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
    }
}
