import Dispatch
import Synchronization

/// The machine's one database file, on a serial queue of its own: no statement ever runs on an event loop or in the
/// cooperative pool, and no two transactions run at once.
///
/// `@unchecked`: the connection is touched in `queue` only.
final class Database: @unchecked Sendable {
    private let queue = DispatchQueue(label: "machine.database")
    private let connection: Connection
    private let full = Atomic(false)

    /// Opens the store and brings its schema up to date.
    init(path: String) throws {
        do {
            connection = try Self.open(path, isShared: true)
        } catch let error as MachineError where error.code == .storageFull {
            // Alone with the file SQLite needs no other beside it to read: the program has to start on a full disk too.
            connection = try Self.open(path, isShared: false)
        }
    }

    private static func open(_ path: String, isShared: Bool) throws -> Connection {
        let connection = try Connection(path: path)
        if !isShared { try connection.execute("PRAGMA locking_mode = EXCLUSIVE") }
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
        return connection
    }

    /// Whether the last change found no room on the disk.
    var isFull: Bool { full.load(ordering: .relaxed) }

    /// Runs `body` in one transaction: everything that it wrote is committed, or nothing is.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.change(body) }) }
        }
    }

    /// In `queue`. A transaction that changed nothing says nothing about the room on the disk.
    private func change<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        let before = connection.totalChanges
        do {
            let value = try connection.transaction(body)
            if connection.totalChanges != before { full.store(false, ordering: .relaxed) }
            return value
        } catch let error as MachineError where error.code == .storageFull {
            full.store(true, ordering: .relaxed)
            throw error
        }
    }

    /// Runs `body` in one transaction that only reads: what it sees belongs together.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.connection.transaction(begin: "BEGIN", body) }) }
        }
    }
}
