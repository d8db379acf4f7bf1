import Foundation
import PKI
import Testing

@testable import Machine

@Suite("The stored schedule") struct ScheduleStoreTests {
    private let test: TestMachine
    private let zone = Zone.fixed(seconds: 0)

    init() async throws { test = try await TestMachine() }

    /// A plan at the test's time; what it drew came from these bytes, and from no more.
    private func plan(_ random: [UInt8] = []) async throws -> AutoRequestPlan {
        let (now, zone, random) = (test.clock.now(), zone, ScriptedRandom(random))
        let plan = try await test.machine.store.write {
            try $0.autoRequestPlan(at: now, zone: zone, random: random)
        }
        #expect(random.isUsedUp)
        return plan
    }

    private func store(_ settings: AutoRequestSettings) async throws {
        try await test.machine.store.write { try $0.settings.set(.autoRequest, settings) }
    }

    /// Stores keys with the default key's own key and certificate, which are at hand.
    private func insert(_ name: String, _ use: KeyUse, isAutomatic: Bool = false, hasCertificate: Bool = true)
        async throws -> (id: Int, certificate: Certificate)
    {
        let now = test.clock.now()
        return try await test.machine.store.write { tables in
            let record = try #require(try tables.keys.all().first(where: \.isDefault))
            let identity = try tables.keys.identity(record)
            let id = try tables.keys.insert(
                name: name, key: identity.key, certificate: hasCertificate ? identity.certificate : nil, use: use,
                at: now)
            if isAutomatic { try tables.keys.setAutomatic(id, replacesOld: false, restartsDevice: false) }
            return (id, identity.certificate)
        }
    }

    private func renewing(_ use: KeyUse) async throws {
        var settings = try Schedules().settings
        settings.renewal.trigger = .daysBefore(30)
        settings.key?.use = use
        try await store(settings)
    }

    @Test(
        "T2 and T9: the adjustment is drawn in the write that first sees the request coming, and read after a restart")
    func adjustmentIsStored() async throws {
        try await store(Schedules(start: "2026-12-01T02:00", every: 1, adjusts: true).settings)
        // 0x012B is 299: the 300th second.
        let first = try await plan([0x01, 0x2B])
        #expect(first.next?.at.utc == "2026-12-01T02:05Z")
        #expect(try await plan().next == first.next)
        try await test.restart()
        #expect(try await plan().next == first.next)

        test.clock.set(try .utc("2026-12-01T02:05Z"))
        let due = try await plan()
        #expect(due.isDue && due.next == first.next)
        let begun = due.begun(try #require(due.next))
        try await test.machine.store.write { try $0.settings.set(.autoRequestSchedule, begun) }
        #expect(try await plan([0x00, 0x3B]).next?.at.utc == "2026-12-02T02:01Z")
    }

    @Test("T9: a schedule that was put right is stored")
    func repairIsStored() async throws {
        try await store(Schedules(start: "2026-12-01T02:00", every: 1).settings)
        test.clock.set(try .utc("2026-12-03T12:00Z"))
        try await test.machine.store.write {
            try $0.settings.set(.autoRequestSchedule, AutoRequestSchedule(done: 400))
        }
        #expect(try await plan().next?.at.utc == "2026-12-04T02:00Z")
        let stored = try await test.machine.store.read { try $0.settings.value(.autoRequestSchedule) }
        #expect(stored == AutoRequestSchedule(done: 2))
    }

    @Test("T8: a machine without settings of the auto request waits for nothing and stores nothing")
    func noSettings() async throws {
        #expect(try await plan().next == nil)
        #expect(try await test.machine.store.read { try $0.settings.value(.autoRequestSchedule) } == nil)
    }

    @Test("T10: the newest certificate of the settings' use is renewed; never the default key's")
    func newest() async throws {
        try await renewing(.tls)
        // The default key serves TLS.
        #expect(try await plan().next == nil)
        let old = try await insert("old", .tls)
        #expect(try await plan().next?.target == .renewal(keyID: old.id))
        #expect(try await plan().next?.at == old.certificate.notAfter - 30 * 86_400)
        let new = try await insert("new", .tls)
        _ = try await insert("waiting", .tls, hasCertificate: false)
        _ = try await insert("other", .ieee8021X)
        _ = try await insert("idle", .none, isAutomatic: true)
        #expect(try await plan().next?.target == .renewal(keyID: new.id))
    }

    @Test("T10: among keys without use only those that automatic requests made are renewed")
    func noUse() async throws {
        try await renewing(.none)
        let automatic = try await insert("auto", .none, isAutomatic: true)
        _ = try await insert("kept", .none)
        #expect(try await plan().next?.target == .renewal(keyID: automatic.id))
    }

    @Test("T10: a certificate that cannot be read tells no dates: the one before it counts")
    func unreadable() async throws {
        try await renewing(.ipsec(policy: 2))
        let old = try await insert("old", .ipsec(policy: 2))
        let new = try await insert("new", .ipsec(policy: 2))
        try await test.machine.store.write {
            _ = try $0.connection.run("UPDATE key SET certificate = x'3000' WHERE id = ?", [SQLValue(new.id)])
        }
        #expect(try await plan().next?.target == .renewal(keyID: old.id))
    }
}
