/// The tables, as a list of migrations: the n-th brings a store of version n-1 to version n.
enum Schema {
    static func migrate(_ connection: Connection) throws {
        let stored = try connection.run("PRAGMA user_version").first?.integer("user_version") ?? 0
        guard stored <= migrations.count else {
            throw MachineError(
                .storageTooNew, "the store has version \(stored), this program knows \(migrations.count)")
        }
        for version in stored..<migrations.count {
            try connection.transaction { connection in
                try connection.execute(migrations[version])
                try connection.execute("PRAGMA user_version = \(version + 1)")
            }
        }
    }

    private static let migrations = [first]

    private static let first = """
        CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

        -- One System Manager; the row's absence means that the machine is not set up.
        CREATE TABLE account (
            id INTEGER PRIMARY KEY CHECK (id = 1), system_manager_id TEXT NOT NULL, pin_hash TEXT NOT NULL) STRICT;
        CREATE TABLE lockout (scope TEXT PRIMARY KEY, failures INTEGER NOT NULL, locked_until REAL) STRICT;

        CREATE TABLE key (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            sealed BLOB NOT NULL,                 -- PKCS#8 under the machine key
            certificate BLOB,                     -- DER; NULL while the certificate is awaited
            chain BLOB,                           -- the CA certificates that came with it, certificates-only CMS
            key_use TEXT NOT NULL,
            restart_pending INTEGER NOT NULL DEFAULT 0,
            is_default INTEGER NOT NULL DEFAULT 0,
            created_at REAL NOT NULL) STRICT;
        -- Which key serves a use, and which served it before.
        CREATE TABLE service (
            key_use TEXT PRIMARY KEY,
            key_id INTEGER NOT NULL REFERENCES key (id),
            former_key_id INTEGER REFERENCES key (id) ON DELETE SET NULL) STRICT;

        CREATE TABLE history (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            key_name TEXT NOT NULL, status TEXT NOT NULL, request_date REAL NOT NULL, is_manual INTEGER NOT NULL,
            outcome BLOB, transaction_id TEXT) STRICT;

        CREATE TABLE issuance (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            history_number INTEGER,
            key_id INTEGER REFERENCES key (id) ON DELETE SET NULL,
            key_name TEXT NOT NULL, key_use TEXT NOT NULL,
            state TEXT NOT NULL,                  -- running, waiting, succeeded, failed
            steps BLOB NOT NULL,
            sealed_transaction BLOB,              -- NULL before the key is stored, and after the end
            started_at REAL NOT NULL) STRICT;

        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            at REAL NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL,
            operation TEXT NOT NULL, target TEXT NOT NULL, result TEXT NOT NULL, detail TEXT NOT NULL,
            hash BLOB NOT NULL) STRICT;
        CREATE TRIGGER audit_keeps_entries BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_keeps_values BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """
}
