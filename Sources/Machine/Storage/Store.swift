import PKI

/// The database with the seal that its secrets are under.
struct Store: Sendable {
    let database: Database
    let sealer: Sealer

    /// One transaction: everything that `body` wrote is committed, or nothing is.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Tables) throws -> Value) async throws -> Value {
        try await database.write { [sealer] in try body(Tables(connection: $0, sealer: sealer)) }
    }

    /// Whether the last change found no room on the disk.
    var isFull: Bool { database.isFull }

    /// Finds out whether a full disk has room again, by writing something that is there already.
    func proveWritable() async {
        guard isFull else { return }
        _ = try? await write { tables in
            try tables.connection.run("UPDATE setting SET value = value WHERE name = 'machineKeyProof'")
        }
    }

    /// One transaction that is meant to read.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Tables) throws -> Value) async throws -> Value {
        try await database.read { [sealer] in try body(Tables(connection: $0, sealer: sealer)) }
    }
}
