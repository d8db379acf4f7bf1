import FoundationEssentials
import SCEP
import Testing

@testable import Machine

/// Many clients at once, each with actions drawn from a seed; what they leave in the store is looked at all along.
@Suite("C3 and I4 hold however clients race") struct RaceTests {
    private static let clients = 8
    private static let actions = 60

    @Test("C3, I4: no setting changes and no request by hand begins while the timer is on")
    func race() async throws {
        var counts: [String: Int] = [:]
        for seed in UInt64(1)...6 { counts.merge(try await race(seed: seed), uniquingKeysWith: +) }
        // A race that nobody ran proves nothing.
        let expected = [
            "changeAutoRequestSettings ok", "changeCommunicationSettings ok", "changeCommunicationSettings refused",
            "requestIssuance ok", "requestIssuance refused", "automaticRequest ok",
        ]
        for name in expected { #expect(counts[name, default: 0] > 0, "\(name) in \(counts)") }
    }

    /// - Returns: how often each operation that the rules are about was done, or refused.
    private func race(seed: UInt64) async throws -> [String: Int] {
        let test = try await TestMachine(legacyMode: true)
        try await test.configure()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<Self.clients {
                let client = RaceClient(test: test, seed: seed &* 1000 &+ UInt64(client))
                group.addTask { for _ in 0..<Self.actions { try await client.act() } }
            }
            try await group.waitForAll()
        }
        await test.machine.waitForIssuances()
        try await test.machine.store.read { try $0.expectRules() }
        let counts = try await expectAuditOrder(test)
        try await expectNothingLost(test)
        return counts
    }

    /// The audit log is the order in which the transactions were committed.
    private func expectAuditOrder(_ test: TestMachine) async throws -> [String: Int] {
        var isOn = false
        var counts: [String: Int] = [:]
        for entry in try await test.machine.auditEntries(limit: 100_000).reversed() {
            let line = "\(entry.sequence) \(entry.operation) \(entry.result) \(entry.detail)"
            switch (entry.operation, entry.result) {
            case (.changeAutoRequestSettings, .ok):
                if entry.detail.hasPrefix("timer on") { isOn = true }
                if entry.detail.hasPrefix("timer off") { isOn = false }
            case (.changeCommunicationSettings, .ok): #expect(!isOn, "\(line)")
            case (.changeCommunicationSettings, _): #expect(isOn, "\(line)")
            case (.requestIssuance, .ok): #expect(!isOn, "\(line)")
            case (.requestIssuance, .refused) where entry.detail == "timerEnabled": #expect(isOn, "\(line)")
            case (.automaticRequest, .ok), (.poll, .ok): #expect(isOn, "\(line)")
            default: continue
            }
            counts["\(entry.operation) \(entry.result)", default: 0] += 1
        }
        #expect(try await test.machine.firstAlteredAuditEntry() == nil)
        return counts
    }

    /// What is open can be given up; then every key has its certificate, and every row of the history its end.
    private func expectNothingLost(_ test: TestMachine) async throws {
        try await test.setTimer(false)
        let open = try await test.machine.history().compactMap(\.openIssuance)
        #expect(open.count <= 1)
        for id in open { try await test.machine.discard(id, by: TestMachine.manager) }
        #expect(try await test.machine.history().allSatisfy { [.error, .successful].contains($0.status) })
        for key in try await test.machine.keys() {
            #expect([.restartPending, .inUse].contains(key.state), "\(key.name) \(key.state)")
        }
        try await test.restart()
        #expect(try await test.machine.status().errors.isEmpty)
        #expect(try await test.machine.currentIssuance()?.state != .running)
    }
}

/// One client: what it does next is drawn, and refusals are answers like any other.
private struct RaceClient: Sendable {
    let test: TestMachine
    let random: SeededRandom

    init(test: TestMachine, seed: UInt64) {
        self.test = test
        random = SeededRandom(seed: seed)
    }

    private var machine: Machine { test.machine }

    private func draw(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    func act() async throws {
        do {
            switch draw(100) {
            case ..<16: try await changeSettings()
            case ..<32: try await request()
            case ..<46: try await takeUpOrGiveUp()
            case ..<58: try await toggleTimer()
            case ..<82: try await tick()
            case ..<92: test.clock.advance(minutes: draw(4) == 0 ? 1440 : 1)
            case ..<97: answer()
            default: try await deleteKey()
            }
        } catch is CommunicationRefusal {
        } catch is IssuanceRefusal {
        } catch is AutoRequestRefusal {
        } catch is KeyRefusal {
        } catch let errors as FieldErrors<AutoRequestSettings.Field> {
            // Another client has moved the clock past the start meanwhile.
            #expect([.inThePast, .startsAnew].contains(errors[.start]) && errors.entries.count == 1)
        }
        try await machine.store.read { try $0.expectRules() }
    }

    private func changeSettings() async throws {
        let settings = CommunicationSettings(
            server: try ServerURL(url: "http://ca.example/scep", port: 80 + draw(2)), timeout: 1 + draw(120),
            caFingerprint: test.server.fingerprint)
        _ = try await machine.updateCommunicationSettings(settings, by: TestMachine.manager)
    }

    private func request() async throws {
        let form = IssuanceRequest.Form(
            keyName: "by-hand-\(draw(1_000_000))", keyLength: "1024", commonName: "printer.example")
        _ = try await machine.beginIssuance(
            try form.validated(legacyMode: true), to: try await test.destination(), by: TestMachine.manager)
    }

    private func takeUpOrGiveUp() async throws {
        guard let id = try await machine.history().compactMap(\.openIssuance).first else { return }
        if draw(3) == 0 {
            try await machine.checkAgain(id, by: TestMachine.manager)
        } else {
            try await machine.discard(id, by: TestMachine.manager)
        }
    }

    private func toggleTimer() async throws {
        var form = AutoRequestSettings.Form(try await machine.autoRequestSettings())
        // While it is on, a start that stays lets its requests come due.
        if !form.isTimerEnabled {
            form.start = LocalDateTime(test.clock.now() + 60, zone: test.environment.zone).text
        }
        form.isTimerEnabled = draw(5) < 3
        (form.isPeriodic, form.interval) = (true, "1")
        (form.isPollingEnabled, form.pollingTimes) = (draw(4) != 0, "2")
        form.deletesOldKey = draw(2) == 0
        form.key = IssuanceRequest.Form(keyName: "auto", keyLength: "1024", commonName: "printer.example")
        _ = try await machine.updateAutoRequestSettings(form, by: TestMachine.manager)
    }

    private func tick() async throws {
        try await machine.tick()
        // Without a pause now and then the first request would outlast every client.
        if draw(2) == 0 { await machine.waitForIssuances() }
    }

    private func answer() {
        let answers: [TestServer.Answer] = [
            .issue, .issue, .issue, .issue, .deferRequest, .refuse(2), .status(500), .loseReply, .unreachable, .garbage,
        ]
        test.server.answer(answers[draw(answers.count)])
    }

    private func deleteKey() async throws {
        guard let key = try await machine.keys().dropFirst().first else { return }
        try await machine.deleteKey(named: key.name, by: TestMachine.manager)
    }
}

extension Tables {
    /// What holds between any two transactions.
    fileprivate func expectRules() throws {
        let (running, polling, waiting) = (
            try issuances.all(.running), try issuances.all(.polling), try issuances.all(.waiting)
        )
        let open = running + polling + waiting
        #expect(open.count <= 1, "\(open.map { ($0.id.rawValue, $0.state) })")
        let isOn = try isTimerEnabled
        for record in open {
            #expect(!isOn || record.automatic != nil, "a request by hand is open while the timer is on")
            #expect(record.state != .polling || isOn, "the timer is off and polls")
            #expect(record.state == .running || record.keyID != nil && record.sealedTransaction != nil)
        }
        let awaited = try keys.all().filter { $0.certificate == nil }.map(\.id)
        #expect(awaited.allSatisfy { id in open.contains { $0.keyID == id } }, "a key waits for nothing")
        #expect(try keys.count() <= 8)
    }
}
