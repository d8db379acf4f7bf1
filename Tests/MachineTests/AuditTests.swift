import Testing

@testable import Machine

@Suite("Audit log") struct AuditTests {
    @Test("D4: sign-ins good and bad, changes, requests and restarts are written down with who and where")
    func operations() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        _ = try await test.machine.signIn(systemManagerID: "7654321-pin", pin: "x", from: "198.51.100.1")
        _ = try await test.machine.signIn(systemManagerID: TestMachine.id, pin: TestMachine.pin, from: "192.0.2.7")
        try await test.configure()
        try await test.request()
        try await test.machine.restart(by: TestMachine.manager)
        let entries = try await test.machine.auditEntries().reversed()
        let expected: [AuditOperation] = [
            .setUp, .signIn, .signIn, .changeCommunicationSettings, .requestIssuance, .generateKey, .acceptAuthority,
            .acquireCertificate, .restart,
        ]
        #expect(entries.map(\.operation).suffix(expected.count) == expected)
        let bad = try #require(entries.first { $0.operation == .signIn })
        #expect((bad.name, bad.role, bad.remoteAddress, bad.result) == ("", .anonymous, "198.51.100.1", .refused))
        #expect(try await test.machine.firstAlteredAuditEntry() == nil)
    }

    @Test("D4: the log only grows, and an altered or removed entry breaks the chain")
    func chain() async throws {
        for change in ["UPDATE audit SET detail = 'x' WHERE sequence = 2", "DELETE FROM audit WHERE sequence = 2"] {
            let test = try await TestMachine()
            try await test.setUp()
            try await test.machine.recordSignOut(by: TestMachine.manager)
            await #expect(throws: MachineError(.storage, "")) {
                try await test.machine.store.write { try $0.connection.execute(change) }
            }
            // Somebody with the file in hand is not held by a trigger; the chain shows it.
            try await test.machine.store.write { tables in
                try tables.connection.execute("DROP TRIGGER audit_keeps_entries; DROP TRIGGER audit_keeps_values")
                try tables.connection.execute(change)
            }
            #expect(try await test.machine.firstAlteredAuditEntry() != nil)
        }
    }
}
