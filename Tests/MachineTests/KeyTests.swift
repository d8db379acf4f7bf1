import FoundationEssentials
import PKI
import Testing

@testable import Machine

@Suite("Keys") struct KeyTests {
    @Test("The default key is made at the first start: RSA 2048, self-signed, named for the host and its addresses")
    func defaultKey() async throws {
        let key = try DefaultKey(
            hostName: "printer.example", addresses: ["192.0.2.5", "127.0.0.1"], random: SystemRandom(),
            now: TestClock.start)
        #expect(key.certificate.publicKey.bits == 2048)
        #expect(key.certificate.isSigned(by: key.certificate))
        #expect(key.certificate.matches(key.key))
        #expect(key.certificate.subject.commonName == "printer.example")
        let names: [GeneralName] =
            [.dns("printer.example"), .dns("localhost")]
            + ["127.0.0.1", "::1", "192.0.2.5"].map(GeneralName.init(commonName:))
        #expect(key.certificate.subjectAltNames == names)

        let test = try await TestMachine()
        let entry = try #require(try await test.machine.keys().first)
        #expect((entry.name, entry.isDefault, entry.state) == ("Default Key", true, .inUse))
        #expect(try await test.machine.tlsIdentity().isDefault)
    }

    @Test("K4: a key in use and the default key stay; one that nothing uses goes")
    func delete() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request("first")
        try await test.restart()
        try await test.request("second")
        try await test.restart()
        func delete(_ name: String) async throws {
            try await test.machine.deleteKey(named: name, by: TestMachine.manager)
        }
        await #expect(throws: KeyRefusal.inUse(.tls)) { try await delete("second") }
        await #expect(throws: KeyRefusal.isDefault) { try await delete("Default Key") }
        await #expect(throws: KeyRefusal.notFound) { try await delete("third") }
        try await delete("first")
        #expect(try await test.machine.keys().map(\.name) == ["Default Key", "second"])
    }

    @Test("K4, I6: a key that is only assigned to a function that is off can be deleted")
    func deleteAssigned() async throws {
        let test = try await TestMachine(keyLimit: 2)
        try await test.configure()
        try await test.request("eap-1", use: "ieee8021x")
        try await test.restart()
        #expect(try await test.machine.keys().map(\.state) == [.inUse, .assigned])
        try await test.machine.deleteKey(named: "eap-1", by: TestMachine.manager)
        #expect(try await test.request("eap-2", use: "ieee8021x")?.state == .succeeded)
        try await test.restart()
        #expect(try await test.machine.key(named: "eap-2")?.state == .assigned)
    }

    @Test("A TLS key that cannot be used gives way to the former one, and the portal says so")
    func fallBack() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request("first")
        try await test.restart()
        try await test.request("second")
        try await corrupt(test, "second")
        try await test.restart()
        #expect(try await test.machine.status().tlsKey?.name == "first")
        let errors = try await test.machine.status().errors
        #expect(errors.contains(.tlsKeyUnusable(name: "second", serving: "first")))
        #expect(errors.contains(.keyCorrupted(name: "second")))
        #expect(try await test.machine.key(named: "second")?.state == .corrupted)
        try await test.machine.deleteKey(named: "second", by: TestMachine.manager)
        #expect(try await test.machine.tlsIdentity().keyName == "first")
        try await corrupt(test, "first")
        try await test.restart()
        #expect(try await test.machine.tlsIdentity().isDefault)
    }

    @Test("A default key that can no longer be read is made anew")
    func newDefaultKey() async throws {
        let test = try await TestMachine()
        let before = try await test.machine.tlsIdentity().chain
        try await corrupt(test, "Default Key")
        try await test.restart()
        let after = try await test.machine.tlsIdentity()
        #expect(after.isDefault)
        #expect(after.chain != before)
    }

    @Test("The default key's certificate is made anew at a start whose clock is set, when its dates do not include now")
    func defaultKeyOfUnsetClock() async throws {
        let test = try await TestMachine()
        let before = try #require(try await test.machine.tlsIdentity().chain.first)
        let eleven = 11 * 365 * 86_400.0
        // Before the clock was set nothing tells what would be right.
        for (now, isMadeAnew) in [(Date(timeIntervalSince1970: 86_400), false), (TestClock.start + eleven, true)] {
            test.clock.set(now)
            try await test.restart()
            let after = try #require(try await test.machine.tlsIdentity().chain.first)
            #expect((after != before) == isMadeAnew)
            #expect(after.publicKey == before.publicKey)
            #expect(after.subject == before.subject)
            #expect((after.notBefore < now && now < after.notAfter) == isMadeAnew)
        }
        let names = try await test.machine.keys().map(\.name)
        #expect(names == ["Default Key"])
        let later = try await test.machine.tlsIdentity().chain
        try await test.restart()
        #expect(try await test.machine.tlsIdentity().chain == later, "only once")
        test.clock.set(TestClock.start)
        try await test.restart()
        let back = try #require(try await test.machine.tlsIdentity().chain.first)
        #expect(back.notBefore < TestClock.start, "a clock that had been years ahead is the same case")
        #expect(try await test.machine.status().errors.isEmpty)
    }

    @Test("A key's seal belongs to its row: another key's bytes in its place are corrupted")
    func swapped() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request("first")
        try await test.machine.store.write { tables in
            try tables.connection.execute("UPDATE key SET sealed = (SELECT sealed FROM key WHERE is_default = 1)")
        }
        #expect(try await test.machine.key(named: "first")?.state == .corrupted)
    }

    @Test("D3: a restart is written down and handed on")
    func restart() async throws {
        let test = try await TestMachine()
        try await test.machine.restart(by: TestMachine.manager)
        #expect(test.restarts.count == 1)
        let entry = try #require(try await test.machine.auditEntries().first)
        #expect((entry.operation, entry.name, entry.remoteAddress) == (.restart, "admin", "192.0.2.7"))
    }

    @Test("P1: an expired certificate in use is an error information")
    func expired() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request()
        try await test.restart()
        test.clock.advance(minutes: 366 * 24 * 60)
        #expect(try await test.machine.status().errors == [.certificateExpired(keyName: "tls-key")])
    }

    private func corrupt(_ test: TestMachine, _ name: String) async throws {
        try await test.machine.store.write { tables in
            _ = try tables.connection.run("UPDATE key SET sealed = x'00' WHERE name = ?", [.text(name)])
        }
    }
}
