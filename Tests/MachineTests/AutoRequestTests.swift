import FoundationEssentials
import PKI
import SCEP
import Testing

@testable import Machine

@Suite("Automatic requests") struct AutoRequestTests {
    private func machine(
        keyLimit: Int = 8, _ change: @Sendable (inout AutoRequestSettings) -> Void = { _ in }
    ) async throws -> TestMachine {
        let test = try await TestMachine(keyLimit: keyLimit)
        try await test.configure()
        try await test.schedule(change)
        return test
    }

    private func progress(_ test: TestMachine) async throws -> IssuanceProgress {
        try #require(try await test.machine.currentIssuance())
    }

    @Test("T1, T7: a request goes out at its time, once, with the stored settings and challenge password")
    func once() async throws {
        let test = try await machine()
        let start = TestClock.start + 3600
        var state = try await test.machine.autoRequestState()
        #expect(state.nextRequest == .init(date: start, kind: .start, keyName: "auto"))
        #expect((state.isTimerEnabled, state.current, state.lastSuccess) == (true, nil, nil))
        #expect(try await test.tick(afterMinutes: 59) == start)
        #expect(test.server.operations.isEmpty)
        try await test.tick(afterMinutes: 1)

        let end = try await progress(test)
        #expect((end.state, end.isManual, end.keyName, end.use) == (.succeeded, false, "auto", .tls))
        #expect(end.steps.allSatisfy { $0.state == .done })
        #expect((end.history?.status, end.history?.isManual) == (.successful, false))
        #expect(end.history?.transactionID?.count == 40)
        let csr = try #require(test.server.csrs.first)
        #expect((csr.subject.commonName, csr.subject.organization) == ("printer.example", "Example"))
        #expect(csr.challengePassword == TestServer.challenge)
        #expect(try await test.machine.key(named: "auto")?.state == .restartPending)
        state = try await test.machine.autoRequestState()
        #expect((state.isTimerEnabled, state.nextRequest, state.lastSuccess) == (true, nil, start))
        #expect(try await test.tick(afterMinutes: 400 * 1440) == nil)
        #expect(test.server.requests.count == 1)
    }

    @Test("T5, T6: the issued key keeps what the settings want of it", arguments: [true, false])
    func flags(isWanted: Bool) async throws {
        let test = try await machine {
            $0.restartsDevice = isWanted
            $0.deletesOldKey = isWanted
        }
        try await test.tick(afterMinutes: 60)
        let key = try await test.machine.store.read { try $0.keys.named("auto") }
        #expect(key?.isAutomatic == true)
        #expect((key?.replacesOld, key?.restartsDevice) == (isWanted, isWanted))
    }

    @Test("T4: periodic requests go out by the set time, each with a key of its own, and the next date is shown")
    func periodic() async throws {
        let test = try await machine { ($0.isPeriodic, $0.interval) = (true, 30) }
        try await test.tick(afterMinutes: 60)
        let second = TestClock.start + 3600 + 30 * 86400
        #expect(
            try await test.machine.autoRequestState().nextRequest
                == .init(date: second, kind: .periodic, keyName: "auto"))
        #expect(try await test.tick() == second)
        try await test.tick(afterMinutes: 30 * 1440 - 1)
        #expect(test.server.requests.count == 1)
        try await test.tick(afterMinutes: 1)
        #expect(try await progress(test).keyName == "auto-2")
        #expect(try await test.machine.history().map(\.status) == [.successful, .successful])
        #expect(try await test.tick() == second + 30 * 86400)
    }

    @Test("T2: the request goes out after the stored adjustment, which a restart does not draw again")
    func adjusted() async throws {
        let test = try await machine { $0.adjustsRequestTime = true }
        let shown = try #require(try await test.machine.autoRequestState().nextRequest?.date)
        #expect((1.0...600).contains(shown.timeIntervalSince(TestClock.start + 3600)))
        try await test.restart()
        #expect(try await test.tick() == shown)
        test.clock.set(shown - 1)
        try await test.tick()
        #expect(test.server.operations.isEmpty)
        test.clock.set(shown)
        try await test.tick()
        #expect(test.server.requests.count == 1)
    }

    @Test("T9: what was missed while the machine was off is sent once when it is back, over one or several times")
    func missed() async throws {
        for days in [0.5, 1.5, 10.25] {
            let test = try await machine { ($0.isPeriodic, $0.interval) = (true, 1) }
            test.stop()
            test.clock.advance(minutes: 60 + days * 1440)
            try await test.start()
            for _ in 1...3 { try await test.tick() }
            #expect(test.server.requests.count == 1, "\(days)")
            let next = try await test.machine.autoRequestState().nextRequest?.date
            #expect(next == TestClock.start + 3600 + (days.rounded(.down) + 1) * 86400, "\(days)")
        }
    }

    @Test("T9: a clock stepped back by an hour repeats nothing; one that was a year ahead is made up for")
    func stepped() async throws {
        let test = try await machine { ($0.isPeriodic, $0.interval) = (true, 7) }
        try await test.tick(afterMinutes: 60)
        test.clock.set(TestClock.start)
        try await test.tick()
        try await test.tick(afterMinutes: 61)
        #expect(test.server.requests.count == 1)
        test.clock.set(TestClock.start + 350 * 86400)
        try await test.tick()
        #expect(test.server.requests.count == 2)
        test.clock.set(TestClock.start + 7 * 86400)
        try await test.tick()
        #expect(test.server.requests.count == 2)
        try await test.tick(afterMinutes: 60)
        #expect(test.server.requests.count == 3)
    }

    @Test("T9: while the clock is not set nothing is due, and after it is set the request goes out")
    func clockNotSet() async throws {
        let test = try await machine()
        test.clock.set(Date(timeIntervalSince1970: 1000))
        #expect(try await test.tick() == nil)
        #expect(try await test.machine.autoRequestState().nextRequest == nil)
        test.clock.set(TestClock.start + 7200)
        try await test.tick()
        #expect(test.server.requests.count == 1)
    }

    @Test(
        "T9: a machine without a battery, whose clock starts in the past each time, makes up for nothing that was done")
    func noBattery() async throws {
        for isPeriodic in [true, false] {
            let test = try await machine { ($0.isPeriodic, $0.interval) = (isPeriodic, 30) }
            try await test.tick(afterMinutes: 60)
            for hour in 2...4 {
                test.clock.set(TestClock.start - 200 * 86400)
                try await test.restart()
                #expect(try await test.tick() == nil)
                let state = try await test.machine.autoRequestState()
                #expect((state.nextRequest, state.isClockSet) == (nil, false))
                test.clock.set(TestClock.start + Double(hour) * 3600)
                for _ in 1...2 { try await test.tick() }
            }
            #expect(test.server.requests.count == 1)
            let next = TestClock.start + 3600 + 30 * 86400
            #expect(try await test.machine.autoRequestState().nextRequest?.date == (isPeriodic ? next : nil))
        }
    }

    @Test("T3, P11: a full key store is an error at once, without a word to the server, and is not polled")
    func keyLimit() async throws {
        let test = try await machine(keyLimit: 1) { ($0.isPeriodic, $0.interval) = (true, 1) }
        for _ in 1...3 { try await test.tick(afterMinutes: 60) }
        #expect(test.server.operations.isEmpty)
        let history = try await test.machine.history()
        #expect(history.map(\.details) == [.keyLimit])
        #expect((history.first?.status, history.first?.isManual) == (.error, false))
        #expect(try await test.machine.currentIssuance() == nil)
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 3600 + 86400)
        #expect(try await test.machine.store.read { try $0.challengePassword()?.text } == TestServer.challenge)
    }

    @Test("P1: while the timer's last request ended in an error, the error information says so, and not longer")
    func errorInformation() async throws {
        let test = try await machine { ($0.isPeriodic, $0.interval) = (true, 1) }
        #expect(try await test.machine.status().errors.isEmpty)
        test.server.answerNext(.refuse(2))
        try await test.tick(afterMinutes: 60)
        #expect(try await test.machine.status().errors == [.automaticRequestFailed(keyName: "auto")])
        try await test.tick(afterMinutes: 24 * 60)
        #expect(try await test.machine.history().map(\.status) == [.successful, .error])
        #expect(try await test.machine.status().errors.isEmpty)
        test.server.answerNext(.refuse(2))
        try await test.tick(afterMinutes: 24 * 60)
        #expect(try await test.machine.status().errors == [.automaticRequestFailed(keyName: "auto-2")])
        try await test.setTimer(false)
        #expect(try await test.machine.status().errors.isEmpty)
    }

    @Test("C6: without an accepted CA nothing is sent")
    func notAccepted() async throws {
        let test = try await machine()
        let settings = CommunicationSettings(server: try ServerURL(url: "http://ca.example/scep", port: 80))
        try await test.machine.store.write { try $0.settings.set(.communication, settings) }
        try await test.tick(afterMinutes: 60)
        #expect(test.server.operations.isEmpty)
        #expect(try await test.machine.history().map(\.cause) == [.authorityNotAccepted])
    }

    @Test("I1: settings of the legacy mode bring nothing when it is off", arguments: [true, false])
    func legacyKeySettings(isSHA1: Bool) async throws {
        let test = try await machine {
            if isSHA1 { $0.key?.signatureAlgorithm = .sha1 } else { $0.key?.keyLength = 1024 }
        }
        try await test.tick(afterMinutes: 60)
        #expect(test.server.operations.isEmpty)
        #expect(try await test.machine.history().map(\.cause) == [.legacyKeySettings])
        #expect(try await test.machine.keys().count == 1)
    }

    @Test("C4: another CA than the accepted one gets no request")
    func otherAuthority() async throws {
        let test = try await machine()
        try test.server.replaceCA()
        try await test.tick(afterMinutes: 60)
        #expect(test.server.requests.isEmpty)
        #expect(try await progress(test).state == .failed)
        #expect(try await test.machine.history().map(\.cause) == [.fingerprintMismatch])
    }

    @Test("A new key takes the lowest free number behind [Key Name], within 24 characters")
    func names() async throws {
        let long = "abcdefghijklmnopqrstuvwx"
        let cases: [(taken: [String], name: String, free: String)] = [
            ([], "auto", "auto"), (["AUTO"], "auto", "auto-2"), (["auto", "auto-2", "auto-4"], "auto", "auto-3"),
            ([long], long, "abcdefghijklmnopqrstuv-2"),
            ([long] + (2...9).map { "abcdefghijklmnopqrstuv-\($0)" }, long, "abcdefghijklmnopqrstu-10"),
        ]
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        for (taken, name, free) in cases {
            let test = try await TestMachine(keyLimit: 20)
            let found = try await test.machine.store.write { tables in
                for name in taken {
                    _ = try tables.keys.insert(name: name, key: key, certificate: nil, use: .tls, at: TestClock.start)
                }
                return try tables.freeKeyName(name)
            }
            #expect(found == free)
        }
    }

    @Test("I4: ticks at the same moment begin one request; a tick that finds it running does nothing")
    func oneAtATime() async throws {
        let test = try await machine()
        test.server.answer(.deferRequest)
        test.clock.advance(minutes: 60)
        let machine = test.machine
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { _ = try? await machine.tick() } }
        }
        await machine.waitForIssuances()
        #expect(test.server.requests.count == 1)
        #expect(try await machine.keys().count == 2)
    }

    @Test("D4: the audit log names what the timer did, and no secret")
    func audit() async throws {
        let test = try await machine()
        test.server.answerNext(.deferRequest)
        try await test.tick(afterMinutes: 60)
        try await test.tick(afterMinutes: 5)
        let entries = try await test.machine.auditEntries()
        let operations = entries.map(\.operation)
        for operation: AuditOperation in [.automaticRequest, .generateKey, .sendRequest, .poll, .acquireCertificate] {
            let entry = try #require(entries.first { $0.operation == operation })
            #expect((entry.target, entry.role) == ("auto", .machine), "\(operation)")
        }
        #expect(operations.filter { $0 == .poll }.count == 1)
        for entry in entries { #expect(!"\(entry)".contains(TestServer.challenge)) }
        #expect(try await test.machine.firstAlteredAuditEntry() == nil)
    }
}
