/// The tables, as a list of migrations: the n-th brings a store of version n-1 to version n.
enum Schema {
    /// Brings a store up to date, or only as far as an earlier version of the program would have.
    static func migrate(_ connection: Connection, to version: Int = migrations.count) throws {
        let stored = try connection.run("PRAGMA user_version").first?.integer("user_version") ?? 0
        guard stored <= migrations.count else {
            throw MachineError(
                .storageTooNew, "the store has version \(stored), this program knows \(migrations.count)")
        }
        for version in stored..<max(stored, version) {
            try connection.transaction { connection in
                try connection.execute(migrations[version])
                try connection.execute("PRAGMA user_version = \(version + 1)")
            }
        }
    }

    static let migrations = [first, second, third, fourth]

    /// Version 2: automatic requests (T1-T10).
    private static let second = """
        ALTER TABLE issuance ADD COLUMN kind TEXT NOT NULL DEFAULT 'manual';  -- manual, automatic
        ALTER TABLE issuance ADD COLUMN target BLOB;          -- what was due: AutoRequestSchedule.Target
        ALTER TABLE issuance ADD COLUMN polls INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE issuance ADD COLUMN attempted_at REAL;    -- when the server was last asked
        ALTER TABLE issuance ADD COLUMN key_settings BLOB;    -- AutoRequestKey, as it was when the key was made
        ALTER TABLE issuance ADD COLUMN renews_key_id INTEGER REFERENCES key (id) ON DELETE SET NULL;
        ALTER TABLE issuance ADD COLUMN renewal_step TEXT;    -- how the old certificate is renewed; NULL: a new request
        ALTER TABLE issuance ADD COLUMN is_carried INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE key ADD COLUMN is_automatic INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE key ADD COLUMN replaces_old INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE key ADD COLUMN restarts_device INTEGER NOT NULL DEFAULT 0;
        """

    /// Version 3: whether the attempt of an automatic request that is under way is a poll (T3).
    private static let third = "ALTER TABLE issuance ADD COLUMN is_poll INTEGER NOT NULL DEFAULT 0;"

    /// Version 4: the audit log is bounded. Only what `audit_start` names as dropped can be deleted.
    private static let fourth = """
        CREATE TABLE audit_start (
            id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
        CREATE TRIGGER audit_start_goes_forward BEFORE INSERT ON audit_start
            WHEN NEW.sequence <= (SELECT coalesce(max(sequence), 0) FROM audit_start)
            BEGIN SELECT RAISE(ABORT, 'the audit log does not go back'); END;
        DROP TRIGGER audit_keeps_entries;
        CREATE TRIGGER audit_keeps_entries BEFORE DELETE ON audit
            WHEN OLD.sequence > (SELECT coalesce(max(sequence), 0) FROM audit_start)
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """

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
