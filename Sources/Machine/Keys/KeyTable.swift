import FoundationEssentials
import PKI

/// The stored keys, and which of them serves which use; used inside a database transaction.
struct KeyTable {
    let connection: Connection
    let sealer: Sealer

    struct Record: Sendable {
        let id: Int
        let name: String
        let sealed: [UInt8]
        let certificate: [UInt8]?
        let chain: [UInt8]?
        let use: KeyUse
        let isRestartPending: Bool
        let isDefault: Bool
        /// Made by an automatic request.
        let isAutomatic: Bool
        /// The old keys of its use go once it serves (T6).
        let replacesOld: Bool
        /// The machine restarts by itself to put it in service (T5).
        let restartsDevice: Bool
        let createdAt: Date
    }

    func all() throws -> [Record] {
        try connection.run("SELECT * FROM key ORDER BY is_default DESC, id").map(record)
    }

    func named(_ name: String) throws -> Record? {
        try connection.run("SELECT * FROM key WHERE name = ?", [.text(name)]).first.map(record)
    }

    func key(_ id: Int) throws -> Record? {
        try connection.run("SELECT * FROM key WHERE id = ?", [SQLValue(id)]).first.map(record)
    }

    func count() throws -> Int {
        try connection.run("SELECT count(*) AS count FROM key").first?.integer("count") ?? 0
    }

    /// Stores a key whose certificate is still awaited, or a complete one.
    func insert(
        name: String, key: PrivateKey, certificate: Certificate?, use: KeyUse, isDefault: Bool = false, at now: Date
    ) throws -> Int {
        try connection.run(
            """
            INSERT INTO key (name, sealed, certificate, key_use, is_default, created_at) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .text(name), .blob(try sealer.seal(key.pkcs8(), context: Self.context(name))),
                SQLValue(certificate?.der), .text(use.identifier), SQLValue(isDefault), SQLValue(now),
            ])
        return connection.lastInsertedID
    }

    /// Stores the issued certificate; the key takes its place in service at the next restart (I3).
    func setCertificate(_ certificate: Certificate, chain: [Certificate], of id: Int) throws {
        try connection.run(
            "UPDATE key SET certificate = ?, chain = ?, restart_pending = 1 WHERE id = ?",
            [.blob(certificate.der), SQLValue(try Self.bundle(chain)), SQLValue(id)])
        guard connection.changes == 1 else { throw MachineError(.corrupted, "the key of the request is gone") }
    }

    /// Marks the key of an automatic request, and what its settings ask for once its certificate is there (T5, T6).
    func setAutomatic(_ id: Int, replacesOld: Bool, restartsDevice: Bool) throws {
        try connection.run(
            "UPDATE key SET is_automatic = 1, replaces_old = ?, restarts_device = ? WHERE id = ?",
            [SQLValue(replacesOld), SQLValue(restartsDevice), SQLValue(id)])
    }

    /// Lets every old key stay: no key replaces any more.
    func keepOldKeys() throws { try connection.run("UPDATE key SET replaces_old = 0") }

    /// Lets the old keys of this one's use stay, or notes that they are gone.
    func clearReplacesOld(_ id: Int) throws {
        try connection.run("UPDATE key SET replaces_old = 0 WHERE id = ?", [SQLValue(id)])
    }

    /// Leaves the restart to the administrator.
    func clearRestartsDevice() throws { try connection.run("UPDATE key SET restarts_device = 0") }

    /// Gives a key another name, which has to be free, and seals it anew: the seal is bound to the name.
    func rename(_ record: Record, to name: String) throws {
        let sealed = try sealer.seal(privateKey(record).pkcs8(), context: Self.context(name))
        try connection.run(
            "UPDATE key SET name = ?, sealed = ? WHERE id = ?", [.text(name), .blob(sealed), SQLValue(record.id)])
    }

    /// Puts another key and certificate in a key's place.
    func replace(_ id: Int, key: PrivateKey, certificate: Certificate) throws {
        guard let record = try self.key(id) else { throw MachineError(.corrupted, "the key to replace is gone") }
        try connection.run(
            "UPDATE key SET sealed = ?, certificate = ?, chain = NULL WHERE id = ?",
            [
                .blob(try sealer.seal(key.pkcs8(), context: Self.context(record.name))), .blob(certificate.der),
                SQLValue(id),
            ])
    }

    /// Deletes a key, and with it the place it was assigned to.
    func delete(_ id: Int) throws {
        try connection.run("DELETE FROM service WHERE key_id = ?", [SQLValue(id)])
        try connection.run("DELETE FROM key WHERE id = ?", [SQLValue(id)])
    }

    /// Opens the private key; fails when it was sealed under another machine key or for another name.
    func privateKey(_ record: Record) throws -> PrivateKey {
        try PrivateKey(pkcs8: sealer.open(record.sealed, context: Self.context(record.name)))
    }

    /// The key and its certificate, proven to belong together.
    func identity(_ record: Record) throws -> (key: PrivateKey, certificate: Certificate, chain: [Certificate]) {
        guard let der = record.certificate else {
            throw MachineError(.corrupted, "key \(record.name) has no certificate")
        }
        let key = try privateKey(record)
        let certificate = try Certificate(der: der)
        guard certificate.matches(key) else {
            throw MachineError(.corrupted, "key \(record.name) does not match its certificate")
        }
        return (key, certificate, try Self.certificates(record.chain))
    }

    // MARK: Service

    /// The key that serves a use, and the one that served before it.
    func inService(_ use: KeyUse) throws -> (current: Int, former: Int?)? {
        let rows = try connection.run("SELECT * FROM service WHERE key_use = ?", [.text(use.identifier)])
        return try rows.first.map { (try $0.integer("key_id"), try $0.optionalInteger("former_key_id")) }
    }

    /// The uses that a key serves now.
    func usesServed(by id: Int) throws -> [KeyUse] {
        try connection.run("SELECT key_use FROM service WHERE key_id = ?", [SQLValue(id)])
            .compactMap { KeyUse(identifier: try $0.text("key_use")) }
    }

    func putInService(_ id: Int, for use: KeyUse) throws {
        try connection.run(
            """
            INSERT INTO service (key_use, key_id) VALUES (?1, ?2)
            ON CONFLICT (key_use) DO UPDATE SET former_key_id = key_id, key_id = ?2
            """, [.text(use.identifier), SQLValue(id)])
    }

    /// The restart has come.
    func clearRestartPending(_ id: Int) throws {
        try connection.run("UPDATE key SET restart_pending = 0, restarts_device = 0 WHERE id = ?", [SQLValue(id)])
    }

    private func record(_ row: Row) throws -> Record {
        Record(
            id: try row.integer("id"), name: try row.text("name"), sealed: try row.blob("sealed"),
            certificate: try row.optionalBlob("certificate"), chain: try row.optionalBlob("chain"),
            use: KeyUse(identifier: try row.text("key_use")) ?? .none,
            isRestartPending: try row.flag("restart_pending"),
            isDefault: try row.flag("is_default"), isAutomatic: try row.flag("is_automatic"),
            replacesOld: try row.flag("replaces_old"), restartsDevice: try row.flag("restarts_device"),
            createdAt: try row.date("created_at"))
    }

    /// The seal is bound to the name, so that one key's row cannot be passed off as another's.
    private static func context(_ name: String) -> String { "key \(name)" }

    /// A chain is kept as a certificates-only CMS message, as it came.
    private static func bundle(_ chain: [Certificate]) throws -> [UInt8]? {
        chain.isEmpty ? nil : try SignedData.degenerate(chain)
    }

    static func certificates(_ bundle: [UInt8]?) throws -> [Certificate] {
        guard let bundle else { return [] }
        return try SignedData.degenerateCertificates(bundle)
    }
}
