import FoundationEssentials
import Testing

@testable import Machine

@Suite("Schema") struct SchemaTests {
    @Test("A store of version 1 is brought up to date and keeps its rows; a request of it counts as sent by hand")
    func upgrade() throws {
        let folder = TestMachine.newFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/machine.sqlite"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let connection = try Connection(path: path)
        try connection.execute("PRAGMA foreign_keys = ON")
        try Schema.migrate(connection, to: 1)
        try connection.execute(
            """
            INSERT INTO key (name, sealed, key_use, created_at) VALUES ('old', x'00', 'tls', 1);
            INSERT INTO history (key_name, status, request_date, is_manual) VALUES ('old', 'error', 1, 1);
            INSERT INTO issuance (history_number, key_id, key_name, key_use, state, steps, started_at)
                VALUES (1, 1, 'old', 'tls', 'waiting', x'00', 1);
            """)
        try Schema.migrate(connection)
        try Schema.migrate(connection)

        let version = try #require(try connection.run("PRAGMA user_version").first).integer("user_version")
        #expect(version == Schema.migrations.count)
        let key = try #require(try connection.run("SELECT * FROM key").first)
        #expect(try key.text("name") == "old")
        for flag in ["is_automatic", "replaces_old", "restarts_device"] { #expect(try !key.flag(flag), "\(flag)") }
        let issuance = try #require(try connection.run("SELECT * FROM issuance").first)
        #expect(try issuance.text("key_name") == "old")
        #expect(try issuance.text("kind") == IssuanceTable.Kind.manual.rawValue)
        #expect(try issuance.integer("polls") == 0)
        #expect(try !issuance.flag("is_carried"))
        for column in ["target", "attempted_at", "key_settings", "renews_key_id", "renewal_step"] {
            #expect(try issuance.value(column) == .null, "\(column)")
        }
        #expect(try connection.run("SELECT * FROM history").count == 1)
        try connection.execute("UPDATE issuance SET renews_key_id = 1; DELETE FROM key")
        #expect(try connection.run("SELECT renews_key_id FROM issuance").first?.value("renews_key_id") == .null)
    }
}
