import FoundationEssentials
import PKI
import SCEP
import Testing

@testable import Machine

@Suite("Renewal") struct RenewalTests {
    private static let standard = ["SCEPStandard", "AES", "POSTPKIOperation", "SHA-256", "Renewal"]

    /// A machine with a certificate of 100 days by an automatic request, in service, to be renewed 30 days before its
    /// end; the clock stands a minute before that.
    private func machine(
        _ change: @Sendable (inout AutoRequestSettings) -> Void = { _ in }
    ) async throws -> TestMachine {
        let test = try await TestMachine()
        try await test.configure()
        try await test.schedule {
            $0.renewal.trigger = .daysBefore(30)
            change(&$0)
        }
        test.server.issue(TestClock.start..<TestClock.start + 100 * 86400)
        try await test.tick(afterMinutes: 60)
        try await test.restart()
        test.server.issue(TestClock.start + 60 * 86400..<TestClock.start + 400 * 86400)
        test.clock.set(TestClock.start + 70 * 86400 - 60)
        return test
    }

    private func progress(_ test: TestMachine) async throws -> IssuanceProgress {
        try #require(try await test.machine.currentIssuance())
    }

    @Test("T10: it is due so many days before the end, by RenewalReq with a new key, and the next one comes of the new")
    func daysBefore() async throws {
        let test = try await machine()
        test.server.announce(Self.standard)
        let due = TestClock.start + 70 * 86400
        #expect(
            try await test.machine.autoRequestState().nextRequest == .init(date: due, kind: .renewal, keyName: "auto"))
        #expect(try await test.tick() == due)
        #expect(test.server.kinds == [.enrolment])
        try await test.tick(afterMinutes: 1)
        #expect(test.server.kinds == [.enrolment, .renewalReq])
        #expect(try await progress(test).state == .succeeded)
        #expect(try await progress(test).keyName == "auto-2")
        let csrs = test.server.csrs
        #expect(csrs.count == 2)
        #expect(csrs.first?.publicKey != csrs.last?.publicKey)
        #expect(csrs.map(\.challengePassword) == [TestServer.challenge, nil])
        #expect(try await test.tick() == TestClock.start + 370 * 86400)
        try await test.restart()
        #expect(try await test.machine.tlsIdentity().keyName == "auto-2")
    }

    @Test("T10: it is due when so many per cent of the life have passed")
    func percentOfLife() async throws {
        let test = try await machine { $0.renewal.trigger = .percentOfLife(80) }
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 80 * 86400)
        test.clock.set(TestClock.start + 80 * 86400)
        try await test.tick()
        #expect(test.server.kinds == [.enrolment, .oldCertificate])
        #expect(try await progress(test).state == .succeeded)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var policy = RenewalPolicy.automatic
        var capabilities = RenewalTests.standard
        var refused: Set<TestServer.Kind> = []
        let sent: [TestServer.Kind]
        var succeeds = true
        var testDescription: String { name }
    }

    @Test(
        "P6: each policy takes its steps in order; a refusal leads to the next one, never back",
        arguments: [
            Case(name: "the server can", sent: [.renewalReq]),
            Case(
                name: "the server cannot", capabilities: ["AES", "POSTPKIOperation", "SHA-256"], sent: [.oldCertificate]
            ),
            Case(name: "17 is refused", refused: [.renewalReq], sent: [.renewalReq, .oldCertificate]),
            Case(
                name: "19 is refused", capabilities: ["AES", "POSTPKIOperation", "SHA-256"], refused: [.oldCertificate],
                sent: [.oldCertificate, .renewalReq]),
            Case(
                name: "both are refused", refused: [.renewalReq, .oldCertificate],
                sent: [.renewalReq, .oldCertificate, .enrolment]),
            Case(
                name: "everything is refused", refused: [.renewalReq, .oldCertificate, .enrolment],
                sent: [.renewalReq, .oldCertificate, .enrolment], succeeds: false),
            Case(name: "17 only", policy: .renewalReq, sent: [.renewalReq]),
            Case(
                name: "17 only, refused", policy: .renewalReq, refused: [.renewalReq], sent: [.renewalReq],
                succeeds: false),
            Case(name: "19 only", policy: .pkcsReqOldCertificate, sent: [.oldCertificate]),
            Case(
                name: "19 only, refused", policy: .pkcsReqOldCertificate, refused: [.oldCertificate],
                sent: [.oldCertificate], succeeds: false),
            Case(name: "a new request", policy: .newRequest, sent: [.enrolment]),
        ])
    func steps(_ item: Case) async throws {
        let test = try await machine { $0.renewal.policy = item.policy }
        test.server.announce(item.capabilities)
        test.server.refuse(item.refused)
        for _ in 1...3 { try await test.tick(afterMinutes: 1) }
        #expect(Array(test.server.kinds.dropFirst()) == item.sent)
        let last = try await progress(test)
        #expect(last.state == (item.succeeds ? .succeeded : .failed))
        #expect(try await test.machine.history().map(\.status) == [item.succeeds ? .successful : .error, .successful])
        if item.succeeds {
            #expect(last.history?.cause == nil)
            #expect(last.steps.allSatisfy { $0.state == .done })
        } else {
            #expect((last.history?.details, last.history?.cause) == (.failInfo(2), .refusedByServer))
            #expect(try await test.machine.keys().map(\.name) == ["Default Key", "auto"])
            // The next attempt is a day later, with the same steps.
            let next = try #require(try await test.machine.autoRequestState().nextRequest?.date)
            #expect(next == TestClock.start + 71 * 86400)
            test.clock.set(next)
            for _ in 1...3 { try await test.tick() }
            #expect(Array(test.server.kinds.dropFirst()) == item.sent + item.sent)
        }
    }

    @Test("P6: when the server repeats its HTTP error a day later, a new request follows: or there would never be one")
    func repeatedHTTPError() async throws {
        let test = try await machine()
        test.server.announce(Self.standard)
        test.server.answerNext(Array(repeating: .status(400), count: 3))
        for _ in 1...2 { try await test.tick(afterMinutes: 1) }
        #expect(test.server.kinds.dropFirst() == [.renewalReq, .oldCertificate])
        #expect(try await progress(test).state == .waiting)
        test.clock.set(TestClock.start + 71 * 86400)
        for _ in 1...2 { try await test.tick() }
        #expect(test.server.kinds.dropFirst(3) == [.oldCertificate, .enrolment])
        #expect(test.server.challenges.last == TestServer.challenge)
        #expect(try await progress(test).state == .succeeded)
        #expect(try await test.machine.history().map(\.status) == [.successful, .successful])
    }

    @Test(
        "P6: the challenge password goes with the old certificate only if it is wanted, and always with a new request")
    func challenge() async throws {
        for isWanted in [true, false] {
            let test = try await machine { $0.renewal.sendsChallengePassword = isWanted }
            test.server.announce(Self.standard)
            test.server.answerNext(.refuse(2), .refuse(2), .deferRequest)
            try await test.tick(afterMinutes: 1)
            let expected = isWanted ? TestServer.challenge : nil
            #expect(test.server.kinds.dropFirst() == [.renewalReq, .oldCertificate, .enrolment])
            #expect(test.server.challenges.dropFirst() == [expected, expected, TestServer.challenge])
        }
    }

    @Test("P6: an HTTP error to one form of renewal leads to the other form, and never to a new request")
    func httpErrors() async throws {
        for errors in 1...2 {
            let test = try await machine()
            test.server.announce(Self.standard)
            test.server.answerNext(Array(repeating: .status(500), count: errors))
            try await test.tick(afterMinutes: 1)
            #expect(test.server.kinds.dropFirst() == [.renewalReq, .oldCertificate])
            #expect(test.server.challenges == [TestServer.challenge, nil, nil])
            let last = try await progress(test)
            #expect(last.state == (errors == 1 ? .succeeded : .waiting))
            #expect(last.history?.details == (errors == 1 ? nil : .httpStatus(500)))
        }
    }

    @Test("P8: a renewal that was kept until the old certificate has expired gives way to a new request")
    func expiredWhileKept() async throws {
        let test = try await machine()
        test.server.announce(Self.standard)
        test.server.answerNext(.status(500), .status(500))
        try await test.tick(afterMinutes: 1)
        test.server.issue(TestClock.start + 90 * 86400..<TestClock.start + 400 * 86400)
        test.clock.set(TestClock.start + 101 * 86400)
        try await test.tick()
        #expect(test.server.kinds.dropFirst() == [.renewalReq, .oldCertificate, .enrolment])
        #expect(try await progress(test).state == .succeeded)
    }

    @Test("P8: an expired certificate, or one whose key cannot be read, is not renewed: a new request goes out at once")
    func expired() async throws {
        let expired = try await machine()
        expired.server.announce(Self.standard)
        expired.server.issue(TestClock.start + 150 * 86400..<TestClock.start + 400 * 86400)
        expired.clock.set(TestClock.start + 200 * 86400)
        try await expired.tick()
        #expect(expired.server.kinds == [.enrolment, .enrolment])
        #expect(try await progress(expired).state == .succeeded)
        #expect(expired.server.challenges == [TestServer.challenge, TestServer.challenge])

        let unreadable = try await machine()
        unreadable.server.announce(Self.standard)
        try await unreadable.machine.store.write { tables in
            try tables.connection.execute("UPDATE key SET sealed = x'00' WHERE name = 'auto'")
        }
        try await unreadable.tick(afterMinutes: 1)
        #expect(unreadable.server.kinds == [.enrolment, .enrolment])
        #expect(try await progress(unreadable).state == .succeeded)
    }

    @Test("P7, P8: a deferred renewal is polled with the old key; when that is gone, the new key is requested anew")
    func deferred() async throws {
        let test = try await machine()
        test.server.announce(Self.standard)
        test.server.answer(.deferRequest)
        try await test.tick(afterMinutes: 1)
        try await test.tick(afterMinutes: 5)
        #expect(test.server.kinds == [.enrolment, .renewalReq, .poll])
        #expect(try await progress(test).polling?.made == 1)
        try await test.restart()
        let signs = try await test.machine.store.read { tables in
            try tables.keys.named("auto").map { try tables.issuances.isOpen(renewingKey: $0.id) }
        }
        #expect(signs == true, "nothing deletes the key that signs")
        try await test.machine.store.write { tables in
            try tables.connection.execute("UPDATE issuance SET renews_key_id = NULL")
        }
        test.server.answer(.issue)
        try await test.tick(afterMinutes: 5)
        #expect(test.server.kinds == [.enrolment, .renewalReq, .poll, .enrolment])
        #expect(try await progress(test).state == .succeeded)

        let other = try await machine()
        other.server.announce(Self.standard)
        other.server.answerNext(.deferRequest, .deferRequest)
        for minutes in [1.0, 5, 5] { try await other.tick(afterMinutes: minutes) }
        #expect(other.server.kinds == [.enrolment, .renewalReq, .poll, .poll])
        #expect(try await progress(other).state == .succeeded)
    }

    @Test("T9: a renewal and a set time that were both missed bring one certificate")
    func missedBoth() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.schedule {
            ($0.isPeriodic, $0.interval, $0.renewal.trigger) = (true, 30, .daysBefore(10))
        }
        test.server.issue(TestClock.start..<TestClock.start + 25 * 86400)
        try await test.tick(afterMinutes: 60)
        test.server.issue(TestClock.start + 30 * 86400..<TestClock.start + 55 * 86400)
        test.clock.advance(minutes: 31 * 1440)
        for _ in 1...3 { try await test.tick() }
        #expect(test.server.issued.count == 2)
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 45 * 86400)
    }

    @Test("T3: a renewal whose reply is lost is sent again as the same bytes")
    func lostReply() async throws {
        let test = try await machine()
        test.server.announce(Self.standard)
        test.server.answerNext(.loseReply)
        try await test.tick(afterMinutes: 1)
        try await test.tick(afterMinutes: 5)
        #expect(test.server.kinds == [.enrolment, .renewalReq, .renewalReq])
        #expect(Set(test.server.requests).count == 2)
        #expect(try await progress(test).state == .succeeded)
    }

    @Test("I7: a key that the server may have certified is kept, though it refuses every step after a lost reply")
    func refusedAfterLostReply() async throws {
        let test = try await machine()
        test.server.announce(Self.standard)
        test.server.answerNext(.loseReply, .refuse(2), .unreachable)
        try await test.tick(afterMinutes: 1)
        try await test.tick(afterMinutes: 5)
        #expect(test.server.kinds == [.enrolment, .renewalReq, .renewalReq])
        #expect(try await progress(test).state == .polling)
        test.server.answerNext(.refuse(2), .refuse(2))
        try await test.tick(afterMinutes: 5)
        #expect(test.server.kinds.suffix(2) == [.oldCertificate, .enrolment])
        let waiting = try await progress(test)
        #expect(waiting.state == .waiting && waiting.history?.cause == .refusedByServer)
        #expect(try await test.machine.key(named: "auto-2")?.state == .waitingForCertificate)
        try await test.machine.checkAgain(waiting.id, by: TestMachine.manager)
        await test.machine.waitForIssuances()
        #expect(try await progress(test).state == .succeeded)
    }

    @Test("C4: a refused renewal goes on to no other server, and sends it no challenge password")
    func otherServer() async throws {
        let test = try await machine()
        test.server.announce(Self.standard)
        test.server.refuse([.renewalReq])
        let settings = try CommunicationSettings.Form(
            scepServerURL: "http://other.example/scep", portNumber: "80", communicationTimeout: "30", caFingerprint: ""
        ).validated()
        let (hook, store) = (Hook(), test.configuration.dataDirectory + "/machine.sqlite")
        test.server.hook.withLock { $0 = { if $0 == "PKIOperation" { hook.call() } } }
        hook.next { try SettingTable(connection: Connection(path: store)).set(.communication, settings) }
        try await test.tick(afterMinutes: 1)
        #expect(test.server.kinds == [.enrolment, .renewalReq])
        #expect(try await progress(test).state == .failed)
    }
}
