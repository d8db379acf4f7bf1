import PKI

/// The System Manager's account; used inside a database transaction.
struct AccountTable {
    let connection: Connection

    struct Account: Sendable {
        let systemManagerID: String
        let pin: PINHash
    }

    /// The account, or nil while the machine is not set up.
    func account() throws -> Account? {
        guard let row = try connection.run("SELECT * FROM account").first else { return nil }
        return Account(
            systemManagerID: try row.text("system_manager_id"), pin: try PINHash(encoded: row.text("pin_hash")))
    }

    func create(_ account: Account) throws {
        try connection.run(
            "INSERT INTO account (id, system_manager_id, pin_hash) VALUES (1, ?, ?)",
            [.text(account.systemManagerID), .text(account.pin.encoded)])
    }

    func setPIN(_ pin: PINHash) throws {
        try connection.run("UPDATE account SET pin_hash = ?", [.text(pin.encoded)])
    }
}
