import CSQLite

/// An open SQLite database. Not thread-safe: ``Database`` confines it to its queue.
final class Connection {
    private let handle: OpaquePointer
    /// SQLITE_IOERR_SHMSIZE: the file that WAL shares between processes cannot be made as large as it has to be.
    private static let noRoomForIndex = SQLITE_IOERR | (19 << 8)
    /// SQLite copies a bound value at once, so that it need not outlive the call.
    private static let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// - Parameter path: the database file; it exists already, with the mode it shall keep.
    init(path: String) throws {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let status = sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened else { throw MachineError(.storage, "SQLite cannot be opened: no memory") }
        guard status == SQLITE_OK else {
            let reason = String(cString: sqlite3_errmsg(opened))
            sqlite3_close_v2(opened)
            throw MachineError(.storage, "the database cannot be opened: \(reason)")
        }
        handle = opened
        sqlite3_busy_timeout(handle, 5000)
    }

    deinit { sqlite3_close_v2(handle) }

    /// The row id of the last `INSERT`.
    var lastInsertedID: Int { Int(sqlite3_last_insert_rowid(handle)) }
    /// How many rows the last statement changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// How many rows were changed since the connection was opened.
    var totalChanges: Int { Int(sqlite3_total_changes(handle)) }

    /// Runs several statements that take no values (schema, pragmas).
    func execute(_ script: String) throws {
        guard sqlite3_exec(handle, script, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// Runs one statement and gives its rows.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue] = []) throws -> [Row] {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &prepared, nil) == SQLITE_OK, let statement = prepared else {
            throw failure()
        }
        defer { sqlite3_finalize(statement) }
        for (index, value) in values.enumerated() {
            guard bind(value, to: statement, at: Int32(index + 1)) == SQLITE_OK else { throw failure() }
        }
        let names = (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
        var rows: [Row] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                let values = (0..<Int32(names.count)).map { column($0, of: statement) }
                rows.append(Row(names: names, values: values))
            case SQLITE_DONE:
                return rows
            default:
                throw failure()
            }
        }
    }

    /// Runs `body` between BEGIN and COMMIT; any error rolls everything back. IMMEDIATE takes the write lock at once:
    /// what a rule read cannot change before the write that it guards.
    func transaction<Value>(
        begin: String = "BEGIN IMMEDIATE", _ body: (Connection) throws -> Value
    ) throws -> Value {
        try execute(begin)
        do {
            let value = try body(self)
            try execute("COMMIT")
            return value
        } catch {
            // SQLite has rolled back by itself after some errors (a full disk); a second ROLLBACK would only complain.
            if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    private func bind(_ value: SQLValue, to statement: OpaquePointer, at index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let integer): sqlite3_bind_int64(statement, index, integer)
        case .real(let real): sqlite3_bind_double(statement, index, real)
        case .text(let text): sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), Self.copy)
        // An empty array may have no address, and a null address would be bound as NULL.
        case .blob(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(statement, index, 0)
        case .blob(let bytes): sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), Self.copy)
        }
    }

    private func column(_ index: Int32, of statement: OpaquePointer) -> SQLValue {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, index))
        case SQLITE_TEXT:
            let count = Int(sqlite3_column_bytes(statement, index))
            let bytes = UnsafeBufferPointer(start: sqlite3_column_text(statement, index), count: count)
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let count = Int(sqlite3_column_bytes(statement, index))
            return .blob([UInt8](UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, index), count: count)))
        default: return .null
        }
    }

    private func failure() -> MachineError {
        let status = sqlite3_extended_errcode(handle)
        let full = status & 0xff == SQLITE_FULL || status == Self.noRoomForIndex
        return MachineError(full ? .storageFull : .storage, String(cString: sqlite3_errmsg(handle)))
    }
}
