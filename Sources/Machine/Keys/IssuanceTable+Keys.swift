/// What the rules about keys ask of the requests.
extension IssuanceTable {
    /// Whether an open request renews this key's certificate, and is signed with the key.
    func isOpen(renewingKey id: Int) throws -> Bool {
        let sql = "SELECT id FROM issuance WHERE renews_key_id = ? AND state NOT IN ('succeeded', 'failed')"
        return try !connection.run(sql, [SQLValue(id)]).isEmpty
    }

    /// The settings that a key was requested under by the timer; nil for a key made otherwise, or long ago.
    func keySettings(ofKey id: Int) throws -> AutoRequestKey? {
        let sql = "SELECT key_settings FROM issuance WHERE key_id = ? ORDER BY id DESC LIMIT 1"
        return try connection.run(sql, [SQLValue(id)]).first?.optionalBlob("key_settings")
            .map { try StoredJSON.decode(AutoRequestKey.self, $0) }
    }
}
