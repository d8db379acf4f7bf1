import FoundationEssentials
import PKI
import SCEP
import Testing

@testable import Machine

@Suite("Automatic requests taken up again") struct AutoRequestCarryTests {
    private static let day = 1440.0

    /// A machine whose first request of every day was deferred, polled in vain, and waits.
    private func waiting(_ answer: TestServer.Answer = .deferRequest, keyLimit: Int = 8) async throws -> TestMachine {
        let test = try await TestMachine(keyLimit: keyLimit)
        try await test.configure()
        try await test.schedule { ($0.isPeriodic, $0.interval) = (true, 1) }
        test.server.answer(answer)
        try await test.tick(afterMinutes: 60)
        for _ in 1...3 { try await test.tick(afterMinutes: 5) }
        #expect(try await test.machine.currentIssuance()?.state == .waiting)
        return test
    }

    @Test("T4: what waits is asked for again at the next time, with the same key and as many polls, until it is issued")
    func issued() async throws {
        let test = try await waiting()
        let first = try #require(try await test.machine.currentIssuance())
        test.clock.set(TestClock.start + 3600 + 86400)
        for minutes in [0.0, 5, 5, 5] { try await test.tick(afterMinutes: minutes) }
        #expect(test.server.kinds == [.enrolment] + Array(repeating: .poll, count: 7))
        #expect(try await test.machine.currentIssuance()?.state == .waiting)
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 3600 + 2 * 86400)
        let row = try #require(try await test.machine.history().first)
        #expect((row.status, row.requestDate) == (.error, TestClock.start + 3600 + 86400), "S1: not the first time's")
        test.server.answer(.issue)
        test.clock.set(TestClock.start + 3600 + 2 * 86400)
        for _ in 1...3 { try await test.tick() }
        let last = try #require(try await test.machine.currentIssuance())
        #expect((last.id, last.state) == (first.id, .succeeded))
        #expect(test.server.kinds.count == 9)
        #expect(try await test.machine.history().map(\.status) == [.successful])
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 3600 + 3 * 86400)
        #expect(try await test.machine.keys().map(\.name) == ["Default Key", "auto"])
    }

    @Test("P5: an unanswered request is sent again as the same bytes at the next time")
    func unanswered() async throws {
        let test = try await waiting(.loseReply)
        test.server.answer(.issue)
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
        #expect(Set(test.server.requests).count == 1)
    }

    @Test("P2: what the server refuses then makes room for a new request with a new key")
    func refused() async throws {
        let test = try await waiting()
        let first = try #require(try await test.machine.currentIssuance())
        test.server.answer(.issue)
        test.server.answerNext(.refuse(0))
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        #expect(try await test.machine.issuance(first.id)?.state == .failed)
        #expect(try await test.machine.keys().count == 1)
        for _ in 1...2 { try await test.tick() }
        let second = try #require(try await test.machine.currentIssuance())
        #expect((second.keyName, second.state) == ("auto", .succeeded))
        #expect(second.id != first.id)
        #expect(try await test.machine.history().map(\.status) == [.successful, .error])
        #expect(try await test.machine.history().last?.details == .failInfo(0))
        #expect(test.server.csrs.count == 2)
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 3600 + 2 * 86400)
    }

    @Test(
        "P5: an error that the server gives it a second time makes room for a new one too; another error does not",
        arguments: [(400, true), (503, false)])
    func erring(status: Int, isSame: Bool) async throws {
        let test = try await waiting(.status(400))
        let first = try #require(try await test.machine.currentIssuance())
        test.server.answer(.issue)
        test.server.answerNext(.status(status))
        test.clock.set(TestClock.start + 3600 + 86400)
        for _ in 1...3 { try await test.tick() }
        #expect(try await test.machine.issuance(first.id)?.state == (isSame ? .failed : .waiting))
        #expect(try await test.machine.history().map(\.status) == (isSame ? [.successful, .error] : [.error]))
        #expect(try await test.machine.history().last?.details == .httpStatus(status))
        #expect(Set(test.server.requests).count == (isSame ? 2 : 1))
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 3600 + 2 * 86400)
        #expect(try await test.machine.keys().map(\.name) == ["Default Key", "auto"])
    }

    @Test("T7: with other key settings, what waits is given up when the new request begins", arguments: [2, 8])
    func otherSettings(keyLimit: Int) async throws {
        let test = try await waiting(keyLimit: keyLimit)
        let first = try #require(try await test.machine.currentIssuance())
        try await test.change { $0.key?.commonName = "other.example" }
        test.server.answer(.issue)
        for _ in 1...2 { try await test.tick() }
        #expect(try await test.machine.issuance(first.id)?.state == .waiting)
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        #expect(try await test.machine.issuance(first.id)?.history?.cause == .superseded)
        let second = try #require(try await test.machine.currentIssuance())
        #expect((second.keyName, second.state) == ("auto", .succeeded))
        #expect(test.server.csrs.map(\.subject.commonName) == ["printer.example", "other.example"])
        #expect(try await test.machine.keys().count == 2)
    }

    @Test("T9: while it is polled then, the machine sleeps until the next poll, and the next time shown lies ahead")
    func asleep() async throws {
        let test = try await waiting()
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        #expect(try await test.machine.currentIssuance()?.state == .polling)
        #expect(try await test.tick() == test.clock.now() + 300)
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 3600 + 2 * 86400)
    }

    @Test("T9: a certificate that comes at last covers every time that has passed: no other request follows on it")
    func passed() async throws {
        let test = try await waiting()
        try await test.change { ($0.pollingTimes, $0.pollingInterval) = (60, 60) }
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        for _ in 1...25 { try await test.tick(afterMinutes: 60) }
        #expect(try await test.machine.currentIssuance()?.polling?.made == 1, "the second day took it up again")
        test.server.answer(.issue)
        try await test.tick(afterMinutes: 60)
        for _ in 1...3 { try await test.tick(afterMinutes: 1) }
        #expect(test.server.csrs.count == 1)
        #expect(try await test.machine.history().map(\.status) == [.successful])
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 3600 + 3 * 86400)
    }

    @Test(
        "T1, T8: what becomes of it after a change of the times says nothing of the new ones",
        arguments: [TestServer.Answer.issue, .refuse(0), .status(500)])
    func otherTimes(_ answer: TestServer.Answer) async throws {
        let test = try await waiting()
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        let change = try await test.updateTimer { $0.isPeriodic = false }
        let start = try #require(change.nextRequest)
        #expect(start > test.clock.now())
        test.server.answer(answer)
        for _ in 1...2 { try await test.tick(afterMinutes: 5) }
        #expect(try await test.machine.currentIssuance()?.state != .polling)
        #expect(test.server.csrs.count == 1)
        #expect(try await test.machine.autoRequestState().nextRequest?.date == start)
    }

    @Test("T3: a request that is still polled at the next time is that time's request")
    func stillPolling() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.schedule {
            ($0.isPeriodic, $0.interval) = (true, 1)
            ($0.pollingTimes, $0.pollingInterval) = (40, 60)
        }
        test.server.answer(.deferRequest)
        try await test.tick(afterMinutes: 60)
        for _ in 1...24 { try await test.tick(afterMinutes: 60) }
        let progress = try #require(try await test.machine.currentIssuance())
        #expect((progress.state, progress.polling?.made) == (.polling, 0))
        for _ in 1...3 { try await test.tick() }
        #expect(test.server.kinds.count == 25)
        test.server.answer(.issue)
        for _ in 1...2 { try await test.tick(afterMinutes: 60) }
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
        #expect(test.server.kinds.count == 26)
        #expect(try await test.machine.autoRequestState().nextRequest?.date == TestClock.start + 3600 + 2 * 86400)
    }

    @Test("T7: a challenge password that is typed while nothing has reached the server goes with the next poll")
    func newChallengeBeforeRequest() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.schedule()
        test.server.answer(.unreachable)
        try await test.tick(afterMinutes: 60)
        try await test.type(challenge: "typed later")
        test.server.answer(.issue)
        try await test.tick(afterMinutes: 5)
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
        #expect(test.server.challenges == ["typed later"])
        #expect(try await test.machine.keys().map(\.name) == ["Default Key", "auto"])
    }

    @Test(
        "T7: with another challenge password, what was sent goes on as it was, and gives way at the next time",
        arguments: [TestServer.Answer.status(404), .loseReply])
    func newChallenge(first: TestServer.Answer) async throws {
        let test = try await waiting(first)
        let sent = test.server.requests.count
        try await test.type(challenge: "typed later")
        test.server.answer(.issue)
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
        #expect(test.server.requests.count == sent + 1)
        #expect(test.server.challenges.last == "typed later")
        #expect(try await test.machine.history().map(\.cause) == [nil, .superseded])
    }

    @Test("T7: what the server has put off has its challenge password behind it")
    func newChallengeWhileDeferred() async throws {
        let test = try await waiting()
        try await test.type(challenge: "")
        test.server.answer(.issue)
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
        #expect(test.server.kinds.filter { $0 == .enrolment }.count == 1)
    }

    @Test("C4: what waits for another server is not sent to it, nor to the new one")
    func otherServer() async throws {
        let test = try await waiting()
        let settings = try CommunicationSettings.Form(
            scepServerURL: "http://other.example/scep", portNumber: "80", communicationTimeout: "30",
            caFingerprint: test.server.fingerprint.text
        ).validated()
        try await test.machine.store.write { tables in try tables.settings.set(.communication, settings) }
        let before = test.server.kinds.count
        test.server.answer(.issue)
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        #expect(Array(test.server.kinds.dropFirst(before)) == [.enrolment])
        #expect(try await test.machine.history().map(\.cause) == [nil, .superseded])
    }

    @Test("I8: [Discard] of what waits leaves the next time to a new request; [Check Again] gets it before")
    func byHand() async throws {
        for discards in [true, false] {
            let test = try await waiting()
            let id = try #require(try await test.machine.currentIssuance()?.id)
            test.server.answer(.issue)
            if discards {
                try await test.machine.discard(id, by: TestMachine.manager)
            } else {
                try await test.machine.checkAgain(id, by: TestMachine.manager)
                await test.machine.waitForIssuances()
                let key = try await test.machine.store.read { try $0.keys.named("auto") }
                #expect(key?.isAutomatic == true)
            }
            try await test.tick()
            #expect(test.server.csrs.count == 1)
            test.clock.set(TestClock.start + 3600 + 86400)
            for _ in 1...2 { try await test.tick() }
            #expect(test.server.csrs.count == 2)
            #expect(try await test.machine.currentIssuance()?.state == .succeeded)
        }
    }
}
