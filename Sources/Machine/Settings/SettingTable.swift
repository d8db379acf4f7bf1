import FoundationEssentials

/// The settings, each a value under a name; used inside a database transaction.
struct SettingTable {
    let connection: Connection

    /// A setting's name and the type of its value.
    struct Name<Value: Codable & Sendable>: Sendable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    func value<Value>(_ name: Name<Value>) throws -> Value? {
        guard let row = try connection.run("SELECT value FROM setting WHERE name = ?", [.text(name.text)]).first else {
            return nil
        }
        return try StoredJSON.decode(Value.self, try row.blob("value"))
    }

    func set<Value>(_ name: Name<Value>, _ value: Value) throws {
        try connection.run(
            "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
            [.text(name.text), .blob(try StoredJSON.encode(value))])
    }

    func remove<Value>(_ name: Name<Value>) throws {
        try connection.run("DELETE FROM setting WHERE name = ?", [.text(name.text)])
    }
}

extension SettingTable.Name where Value == DeviceInformation {
    static var deviceInformation: Self { Self("deviceInformation") }
}

extension SettingTable.Name where Value == SecuritySettings {
    static var security: Self { Self("security") }
}

extension SettingTable.Name where Value == CommunicationSettings {
    static var communication: Self { Self("communication") }
}

extension SettingTable.Name where Value == AcceptedAuthority.Record {
    static var acceptedAuthority: Self { Self("acceptedAuthority") }
}

extension SettingTable.Name where Value == [UInt8] {
    /// The challenge password of automatic requests, sealed.
    static var challengePassword: Self { Self("challengePassword") }
    /// A known text under the machine key: proves at start that the key is the right one.
    static var machineKeyProof: Self { Self("machineKeyProof") }
}
