import PKI

/// The 32 bytes that private keys and transactions are sealed under, in a file of their own.
enum MachineKey {
    static let file = "machine-key"
    static let databaseFile = "machine.sqlite"
    static let length = 32

    /// Opens the data directory's store; makes key and store at the first start.
    static func openStore(in directory: DataDirectory, random: any RandomSource) async throws -> Store {
        let isFirstStart = try directory.read(databaseFile, atMost: 1) == nil
        // The machine key comes first: a store without one would be a store of lost keys.
        if try directory.read(file) == nil {
            guard isFirstStart else {
                throw MachineError(
                    .machineKey, "the machine key is missing; without it the stored keys cannot be opened")
            }
            try directory.create(file, try random.bytes(length))
        }
        guard let key = try directory.read(file), key.count == length else {
            throw MachineError(.machineKey, "the machine key is not \(length) bytes long")
        }
        if isFirstStart { try directory.create(databaseFile, []) }
        let store = Store(
            database: try Database(path: directory.path(of: databaseFile)), sealer: try Sealer(key: key))
        try await prove(store)
        return store
    }

    /// Compares the key with the one that sealed the store.
    private static func prove(_ store: Store) async throws {
        try await store.write { tables in
            let context = "machine key"
            guard let proof = try tables.settings.value(.machineKeyProof) else {
                return try tables.settings.set(
                    .machineKeyProof, try tables.sealer.seal([UInt8](context.utf8), context: context))
            }
            do {
                _ = try tables.sealer.open(proof, context: context)
            } catch {
                throw MachineError(.machineKey, "the machine key is not the one that sealed this store")
            }
        }
    }
}
