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
            await test.machine.recordSignOut(by: TestMachine.manager)
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

    @Test("D4: a log that is full drops its oldest entries, and what is left is still a chain that shows a change")
    func bound() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        try await test.machine.store.write { tables in
            let audit = AuditTable(connection: tables.connection, limit: 20)
            for number in 1...200 {
                try audit.append(.restart, "\(number)", by: .machine, at: TestClock.start)
                #expect(try audit.newest(1000).count <= 20)
                #expect(try audit.firstBrokenEntry() == nil)
            }
            let kept = try audit.newest(1000)
            #expect(kept.count >= 18)
            #expect(kept.first?.target == "200")
            #expect(kept.contains { $0.operation == .dropAuditEntries })
        }
        for change in [
            "DELETE FROM audit WHERE sequence = (SELECT min(sequence) FROM audit)", "DELETE FROM audit_start",
            "UPDATE audit_start SET hash = x'00'",
        ] {
            try await test.machine.store.write { tables in
                try tables.connection.execute("SAVEPOINT test; DROP TRIGGER audit_keeps_entries; \(change)")
                #expect(try tables.audit.firstBrokenEntry() != nil, "\(change)")
                try tables.connection.execute("ROLLBACK TO test; RELEASE test")
            }
        }
        // Somebody who moves the beginning on has to drop entries too, and the log does not say so.
        try await test.machine.store.write { tables in
            try tables.connection.execute(
                """
                INSERT OR REPLACE INTO audit_start
                    SELECT 1, sequence, hash FROM audit ORDER BY sequence LIMIT 1 OFFSET 3;
                DELETE FROM audit WHERE sequence <= (SELECT sequence FROM audit_start);
                """)
            #expect(try tables.audit.firstBrokenEntry() != nil)
        }
    }

    @Test("D4: nobody grows the log by logins that are refused: one entry a minute and address, then their number")
    func refusals() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        func signIns() async throws -> [AuditEntry] {
            try await test.machine.auditEntries().filter { $0.operation == .signIn }.reversed()
        }
        for _ in 0..<50 {
            #expect(try await test.machine.signInGeneralUser(name: "x", from: "198.51.100.1") == false)
        }
        #expect(try await test.machine.signInGeneralUser(name: "x", from: "198.51.100.2") == false)
        #expect(try await signIns().map(\.remoteAddress) == ["198.51.100.1", "198.51.100.2"])
        #expect(try await signIns().allSatisfy { $0.result == .refused && $0.role == .anonymous })
        test.clock.advance(minutes: 1)
        await test.machine.catchUpOnAudit()
        let counted = try #require(try await signIns().last)
        #expect(counted.detail == "General User Mode; 49 more within a minute")
        #expect((counted.remoteAddress, counted.result) == ("198.51.100.1", .refused))
        await test.machine.catchUpOnAudit()
        #expect(try await signIns().count == 3)

        // The PINs too, with the lock-out; and an IPv6 network has no end of addresses.
        for number in 0..<40 {
            _ = try await test.machine.signIn(systemManagerID: "admin", pin: "", from: "2001:db8::\(number)")
        }
        #expect(try await signIns().count <= 3 + 2 * (AuditThrottle.addresses + 1))
        #expect(try await signIns().contains { $0.detail == "locked out" })
        #expect(try await test.machine.firstAlteredAuditEntry() == nil)
    }

    @Test("D4: general users' logins and log outs are written, as far as they do not flood the log")
    func generalUsers() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        var settings = try await test.machine.securitySettings()
        settings.isGeneralUserModeEnabled = true
        try await test.machine.updateSecuritySettings(settings, by: TestMachine.manager)
        let guest = Administrator(name: "kim", role: .generalUser, remoteAddress: "192.0.2.1")
        for _ in 0..<30 {
            #expect(try await test.machine.signInGeneralUser(name: "kim", from: guest.remoteAddress))
            await test.machine.recordSignOut(by: guest)
        }
        let entries = try await test.machine.auditEntries().filter { $0.role == .generalUser }
        #expect(entries.count == 10)
        #expect(entries.allSatisfy { $0.name == "kim" && $0.result == .ok })
    }

    @Test("A full disk lets the administrator in and out; the portal says so, and the log has it made good")
    func fullDisk() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        #expect(try await test.machine.status().errors.isEmpty)
        try await test.fillDisk()
        #expect(
            try await test.machine.signIn(systemManagerID: TestMachine.id, pin: TestMachine.pin, from: "192.0.2.7")
                == .accepted)
        await test.machine.recordSignOut(by: TestMachine.manager)
        #expect(try await test.machine.status().errors == [.storageFull])
        await test.machine.catchUpOnAudit()
        #expect(try await test.machine.status().errors == [.storageFull])
        try await test.makeRoom()
        await test.machine.catchUpOnAudit()
        #expect(try await test.machine.status().errors.isEmpty)
        let last = try #require(try await test.machine.auditEntries(limit: 1).first)
        #expect(last.operation == .auditGap)
        #expect(last.detail == "2 entries could not be written, the first at 2026-11-21T12:00:00Z")
        #expect(try await test.machine.firstAlteredAuditEntry() == nil)
    }

    @Test("A machine whose log cannot be written starts")
    func startsAllTheSame() async throws {
        let test = try await TestMachine()
        try await test.machine.store.write { tables in
            try tables.connection.execute(
                "CREATE TRIGGER no_room BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END")
        }
        try await test.restart()
        let before = try await test.machine.auditEntries().count
        try await test.machine.store.write { try $0.connection.execute("DROP TRIGGER no_room") }
        await test.machine.catchUpOnAudit()
        let entries = try await test.machine.auditEntries()
        #expect(entries.count == before + 1)
        #expect(entries.first?.detail.hasPrefix("1 entry could not be written") == true)
    }

    @Test("L4: wrong PINs are counted while nothing can be written, and afterwards")
    func lockoutOnAFullDisk() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        func signIn(_ pin: String) async throws -> SignInResult {
            try await test.machine.signIn(systemManagerID: TestMachine.id, pin: pin, from: "192.0.2.7")
        }
        for _ in 0..<2 { #expect(try await signIn("wrong PIN") == .refused) }
        try await test.machine.store.read { try $0.connection.execute("PRAGMA query_only = ON") }
        for _ in 0..<3 { #expect(try await signIn("wrong PIN") == .refused) }
        #expect(try await signIn(TestMachine.pin) == .lockedOut)
        try await test.machine.store.read { try $0.connection.execute("PRAGMA query_only = OFF") }
        #expect(try await signIn(TestMachine.pin) == .lockedOut)
        try await test.restart()
        #expect(try await signIn(TestMachine.pin) == .lockedOut)
        test.clock.advance(minutes: 3.1)
        #expect(try await signIn(TestMachine.pin) == .accepted)
    }
}
