import Dispatch

/// The machine's one database file, on a serial queue of its own: no statement ever runs on an event loop or in the
/// cooperative pool, and no two transactions run at once.
///
/// `@unchecked`: the connection is touched in `queue` only.
final class Database: @unchecked Sendable {
    private let queue = DispatchQueue(label: "machine.database")
    private let connection: Connection

    /// Opens the store and brings its schema up to date.
    init(path: String) throws {
        connection = try Connection(path: path)
        // FULL: what is committed survives a power cut. secure_delete: a discarded key leaves no copy in the file.
        try connection.execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA secure_delete = ON;
            """)
        try Schema.migrate(connection)
    }

    /// Runs `body` in one transaction: everything that it wrote is committed, or nothing is.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.connection.transaction(body) }) }
        }
    }

    /// Runs `body` in one transaction that only reads: what it sees belongs together.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.connection.transaction(begin: "BEGIN", body) }) }
        }
    }
}
