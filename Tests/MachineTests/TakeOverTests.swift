import FoundationEssentials
import PKI
import Testing

@testable import Machine

@Suite("T6: a new key takes the old one's place") struct TakeOverTests {
    @Test("T6: once the new key serves, the old one goes and the new one gets its name; the history keeps what it said")
    func replaces() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await acquire(test, "tls-key")
        try await test.restart()
        try await acquire(test, "tls-key-2", keyName: "tls-key")
        #expect(try await names(test) == ["Default Key", "tls-key", "tls-key-2"], "not before the restart")
        #expect(try await test.machine.tlsIdentity().keyName == "tls-key")
        let new = try #require(try await test.machine.key(named: "tls-key-2")?.certificate)
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "tls-key"])
        #expect(try await test.machine.status().tlsKey?.name == "tls-key")
        let entry = try #require(try await test.machine.key(named: "tls-key"))
        #expect((entry.certificate, entry.state) == (new, .inUse))
        #expect(try await test.machine.history().map(\.keyName) == ["tls-key-2", "tls-key"])
        // The renamed key is sealed under its new name: it opens at the next start too.
        try await test.restart()
        let serving = try await test.machine.tlsIdentity()
        #expect((serving.keyName, serving.chain.first) == ("tls-key", new))
        let log = try await test.machine.auditEntries().filter { [.deleteOldKey, .renameKey].contains($0.operation) }
        #expect(log.map(\.target) == ["tls-key-2", "tls-key"])
        #expect(log.map(\.detail) == ["tls-key", "replaced by tls-key-2"])
    }

    @Test("T4, T5, T6: request after request the key in service has its name, and the store holds no old one")
    func periodic() async throws {
        let test = try await TestMachine(keyLimit: 3)
        try await test.configure()
        try await test.updateTimer { form in
            (form.isPeriodic, form.interval, form.restartsDevice, form.deletesOldKey) = (true, "30", true, true)
            form.key = IssuanceRequest.Form(keyName: "auto", commonName: "printer.example", keyUseLocation: "tls")
        }
        var served: Set<[UInt8]> = []
        for (turn, days) in [0, 30, 30].enumerated() {
            try await test.tick(afterMinutes: 61 + Double(days) * 1440)
            try await test.machine.tick()
            #expect(test.restarts.count == turn + 1)
            try await test.restart()
            #expect(try await names(test) == ["Default Key", "auto"])
            let key = try #require(try await test.machine.status().tlsKey)
            #expect((key.name, key.state) == ("auto", .inUse))
            served.insert(try #require(key.certificate).der)
        }
        #expect(served.count == 3)
        #expect(try await test.machine.history().map(\.keyName) == ["auto-2", "auto-2", "auto"])
    }

    @Test("T6: a power cut between the take-over and the deletion only puts the deletion off to the next start")
    func interrupted() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await acquire(test, "old")
        try await test.restart()
        try await acquire(test, "new", keyName: "old")
        // What a start does before it deletes, and no more.
        try await test.machine.putPendingKeysInService()
        #expect(try await test.machine.tlsIdentity().keyName == "new")
        #expect(try await names(test) == ["Default Key", "old", "new"])
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "old"])
        #expect(try await test.machine.tlsIdentity().keyName == "old")
    }

    @Test("T6: without [Delete Old Key and Certificate] the old key stays, and the new one keeps its name")
    func keeps() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await acquire(test, "old", replacesOld: false)
        try await test.restart()
        try await acquire(test, "new", replacesOld: false, keyName: "free")
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "old", "new"])
    }

    @Test("T6: a new TLS key that cannot be used leaves the old one serving, deletes nothing, and says so")
    func failedTLS() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await acquire(test, "old")
        try await test.restart()
        try await acquire(test, "new", keyName: "old")
        try await corrupt(test, "new")
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "old", "new"])
        #expect(try await test.machine.status().tlsKey?.name == "old")
        let errors = try await test.machine.status().errors
        #expect(errors == [.tlsKeyUnusable(name: "new", serving: "old"), .keyCorrupted(name: "new")])
        try await expectFailedDeletion(test, "new")
        // Nor does it delete anything later: it has had its turn.
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "old", "new"])
    }

    @Test(
        "T6: a new key for another use that cannot be read leaves the old one in its place, and says so",
        arguments: [KeyUse.ieee8021X, .ipsec(policy: 3)])
    func failedOther(use: KeyUse) async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await acquire(test, "old", use)
        try await test.restart()
        try await acquire(test, "new", use, keyName: "old")
        try await corrupt(test, "new")
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "old", "new"])
        #expect(try await test.machine.key(named: "old")?.state == .assigned)
        let errors = try await test.machine.status().errors
        #expect(errors == [.takeOverFailed(name: "new", use: use, serving: "old"), .keyCorrupted(name: "new")])
        #expect(try await test.machine.pendingRestart().isEmpty, "or the machine would restart for ever")
        try await expectFailedDeletion(test, "new")
    }

    @Test("T6: keys with another use stay, be it another IPSec policy")
    func otherUses() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let uses: [KeyUse] = [.tls, .ieee8021X, .ipsec(policy: 1), .ipsec(policy: 2)]
        for (number, use) in uses.enumerated() { try await acquire(test, "key-\(number)", use) }
        try await test.restart()
        try await acquire(test, "new", .ipsec(policy: 2))
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "key-0", "key-1", "key-2", "new"])
    }

    @Test("T6: of keys without use only those that the timer made go")
    func noUse() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request("by-hand", use: "none")
        try await acquire(test, "old", KeyUse.none)
        try await test.restart()
        try await acquire(test, "new", KeyUse.none, keyName: "old")
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "by-hand", "old"])
        #expect(try await test.machine.key(named: "old")?.state == .idle)
    }

    @Test(
        "T6, K4: a key that waits for its certificate stays, and one that signs an open renewal; neither gives its name"
    )
    func open() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await acquire(test, "old")
        try await test.restart()
        try await acquire(test, "new", keyName: "old")
        test.server.answer(.deferRequest)
        let waiting = try #require(try await test.request("waiting"))
        try await test.machine.store.write { tables in
            _ = try tables.connection.run(
                "UPDATE issuance SET renews_key_id = (SELECT id FROM key WHERE name = 'old') WHERE id = ?",
                [SQLValue(waiting.id.rawValue)])
        }
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "old", "new", "waiting"])
        #expect(try await test.machine.tlsIdentity().keyName == "new")
        await #expect(throws: KeyRefusal.signsRenewal) {
            try await test.machine.deleteKey(named: "old", by: TestMachine.manager)
        }
        try await test.machine.discard(waiting.id, by: TestMachine.manager)
        try await test.machine.deleteKey(named: "old", by: TestMachine.manager)
    }

    @Test(
        "T6: of two new keys the newer takes the place; if it cannot be used, the other one does, and not the default")
    func two() async throws {
        for isNewestUsable in [true, false] {
            let test = try await TestMachine()
            try await test.configure()
            try await acquire(test, "old")
            try await test.restart()
            try await acquire(test, "new-1", keyName: "new-1")
            try await acquire(test, "new-2", keyName: "new-2")
            if !isNewestUsable { try await corrupt(test, "new-2") }
            try await test.restart()
            let serving = isNewestUsable ? "new-2" : "new-1"
            #expect(try await test.machine.tlsIdentity().keyName == serving)
            let log = try await test.machine.auditEntries().filter { $0.operation == .deleteOldKey }
            #expect(log.contains { $0.result == .failed } == !isNewestUsable)
            #expect(try await names(test) == ["Default Key"] + (isNewestUsable ? ["new-2"] : ["new-1", "new-2"]))
        }
    }

    @Test("P3, K1: of several keys that wait for one place, the newest is announced, shown and written down alone")
    func overtaken() async throws {
        let test = try await TestMachine()
        try await test.configure()
        for name in ["new-1", "new-2"] { try await acquire(test, name, replacesOld: false) }
        try await acquire(test, "other", .ieee8021X)
        for name in ["unused-1", "unused-2"] { try await acquire(test, name, KeyUse.none, replacesOld: false) }
        #expect(
            try await test.machine.pendingRestart() == [
                RestartReason(keyName: "new-2", use: .tls), RestartReason(keyName: "other", use: .ieee8021X),
                RestartReason(keyName: "unused-1", use: .none), RestartReason(keyName: "unused-2", use: .none),
            ])
        #expect(try await test.machine.key(named: "new-1")?.state == .idle)
        try await test.restart()
        #expect(try await test.machine.tlsIdentity().keyName == "new-2")
        let log = try await test.machine.auditEntries().filter { $0.operation == .putKeyInService }
        #expect(Set(log.map(\.target)) == ["new-2", "other", "unused-1", "unused-2"])
        // Who deletes the newest one before the restart means the one before it.
        for name in ["new-3", "new-4"] { try await acquire(test, name, replacesOld: false) }
        try await test.machine.deleteKey(named: "new-4", by: TestMachine.manager)
        #expect(try await test.machine.pendingRestart() == [RestartReason(keyName: "new-3", use: .tls)])
    }

    /// What was in the store before a restart, and whose certificate in it cannot be read.
    struct Scene: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var byHand: [KeyUse] = []
        var automatic: [(name: String, use: KeyUse)] = []
        var unreadable: String?
        var replacesOld = true
    }

    @Test(
        "T6, P3: before the restart it is said which keys it deletes and which name the new one gets; that is what happens",
        arguments: [
            Scene(testDescription: "another by the timer", automatic: [("auto-2", .tls)]),
            Scene(testDescription: "keys by hand", byHand: [.tls, .ieee8021X, .none], automatic: [("auto-2", .tls)]),
            Scene(
                testDescription: "each use", byHand: [.ieee8021X],
                automatic: [("w", .ieee8021X), ("n-1", .none), ("n-2", .none)]),
            Scene(testDescription: "overtaken", automatic: [("auto-2", .tls), ("auto-3", .tls)]),
            Scene(
                testDescription: "unreadable", automatic: [("auto-2", .tls), ("auto-3", .tls)], unreadable: "auto-3"),
            Scene(testDescription: "none readable", automatic: [("auto-2", .tls)], unreadable: "auto-2"),
            Scene(testDescription: "unticked", byHand: [.tls], automatic: [("auto-2", .tls)], replacesOld: false),
        ])
    func announced(scene: Scene) async throws {
        let test = try await TestMachine(keyLimit: 20)
        try await test.configure()
        try await acquire(test, "auto")
        try await test.restart()
        for (number, use) in scene.byHand.enumerated() {
            _ = try await test.request("hand-\(number)", use: use.identifier)
        }
        if !scene.byHand.isEmpty { try await test.restart() }
        for (name, use) in scene.automatic {
            let keyName = use == .tls ? "auto" : name
            try await acquire(test, name, use, replacesOld: scene.replacesOld, keyName: keyName)
        }
        if let name = scene.unreadable { try await corrupt(test, name) }
        let before = try await test.machine.keys()
        let reasons = try await test.machine.pendingRestart()
        try await test.restart()
        let after = try await test.machine.keys()
        let log = try await test.machine.auditEntries()
        let deleted = log.filter { $0.operation == .deleteOldKey && $0.result == .ok }.map(\.target)
        #expect(Set(reasons.flatMap(\.oldKeys).map(\.name)) == Set(deleted))
        #expect(
            reasons.flatMap(\.oldKeys).allSatisfy { $0.isManual == $0.name.hasPrefix("hand") }, "\(reasons)")
        #expect(after.count == before.count - deleted.count)
        let renamed = log.filter { $0.operation == .renameKey }.map(\.detail)
        #expect(Set(reasons.compactMap(\.newName)) == Set(renamed))
    }

    @Test("Of three TLS keys the first one serves when the others cannot be used")
    func fallBackToOlder() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request("first")
        try await test.restart()
        for name in ["second", "third"] {
            try await test.request(name)
            try await corrupt(test, name)
        }
        try await test.restart()
        #expect(try await test.machine.tlsIdentity().keyName == "first")
    }

    @Test("T6: who unticks the box before the restart keeps the old key")
    func unticked() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.updateTimer { ($0.isTimerEnabled, $0.deletesOldKey) = (false, true) }
        try await acquire(test, "old")
        try await test.restart()
        try await acquire(test, "new")
        try await test.updateTimer { ($0.isTimerEnabled, $0.deletesOldKey) = (false, false) }
        try await test.restart()
        #expect(try await names(test) == ["Default Key", "old", "new"])
    }

    // MARK: Steps

    /// A key as an automatic request leaves it.
    private func acquire(
        _ test: TestMachine, _ name: String, _ use: KeyUse = .tls, replacesOld: Bool = true, keyName: String? = nil
    ) async throws {
        let settings = AutoRequestKey(keyName: keyName ?? name, commonName: "printer.example", use: use)
        _ = try await test.machine.beginIssuance(
            settings.request(keyName: name, challengePassword: Secret("")), to: try await test.destination(),
            by: TestMachine.manager)
        await test.machine.waitForIssuances()
        try await test.machine.store.write { tables in
            let record = try #require(try tables.keys.named(name))
            try tables.keys.setAutomatic(record.id, replacesOld: replacesOld, restartsDevice: false)
            _ = try tables.connection.run(
                "UPDATE issuance SET key_settings = ? WHERE key_id = ?",
                [.blob(try StoredJSON.encode(settings)), SQLValue(record.id)])
        }
    }

    private func names(_ test: TestMachine) async throws -> [String] { try await test.machine.keys().map(\.name) }

    private func expectFailedDeletion(_ test: TestMachine, _ name: String) async throws {
        let log = try await test.machine.auditEntries().filter { $0.operation == .deleteOldKey }
        #expect(log.map(\.result) == [.failed])
        #expect(log.first?.detail == "\(name) does not serve; the old keys stay")
    }

    private func corrupt(_ test: TestMachine, _ name: String) async throws {
        try await test.machine.store.write { tables in
            _ = try tables.connection.run("UPDATE key SET sealed = x'00' WHERE name = ?", [.text(name)])
        }
    }
}
