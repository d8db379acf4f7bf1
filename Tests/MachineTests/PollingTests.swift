import FoundationEssentials
import PKI
import SCEP
import Testing

@testable import Machine

@Suite("Polling") struct PollingTests {
    /// A machine whose first automatic request has just been answered.
    private func begun(_ answer: TestServer.Answer, polling: Bool = true) async throws -> TestMachine {
        let test = try await TestMachine()
        try await test.configure()
        try await test.schedule { $0.isPollingEnabled = polling }
        test.server.answerNext(answer)
        try await test.tick(afterMinutes: 60)
        return test
    }

    private func progress(_ test: TestMachine) async throws -> IssuanceProgress {
        try #require(try await test.machine.currentIssuance())
    }

    @Test("T3, P1: PENDING is polled by CertPoll in the set interval, with a new nonce, until it is issued")
    func deferred() async throws {
        let test = try await begun(.deferRequest)
        let first = try await progress(test)
        let firstPoll = TestClock.start + 65 * 60
        #expect((first.state, first.isManual) == (.polling, false))
        #expect(first.polling == IssuanceProgress.Polling(made: 0, limit: 3, nextAt: firstPoll))
        #expect(first.steps.map(\.state) == [.done, .done, .done, .done, .waiting])
        let entry = try #require(first.history)
        #expect((entry.status, entry.details, entry.cause) == (.processing, .deferred, .deferred))
        #expect((entry.polling, entry.isManual, entry.openIssuance) == (first.polling, false, first.id))
        #expect(try await test.machine.status().state == .ready)

        #expect(try await test.tick(afterMinutes: 4.9) == firstPoll)
        #expect(test.server.kinds == [.enrolment])
        test.server.answerNext(.deferRequest)
        try await test.tick(afterMinutes: 0.1)
        #expect(try await progress(test).polling?.made == 1)
        try await test.tick(afterMinutes: 5)
        let last = try await progress(test)
        #expect((last.state, last.polling) == (.succeeded, nil))
        #expect(last.history?.status == .successful)
        #expect(last.history?.requestDate == TestClock.start + 70 * 60)
        #expect(test.server.kinds == [.enrolment, .poll, .poll])
        #expect(Set(test.server.requests).count == 3)
    }

    @Test("T3: while the server is asked again, the number of the poll is told, and no time of a next one")
    func underWay() async throws {
        let test = try await begun(.deferRequest)
        try await test.machine.store.write { tables in
            let record = try #require(try tables.issuances.openAutomatic())
            try tables.beginPoll(record, by: .machine, at: test.clock.now())
        }
        let now = try await progress(test)
        #expect((now.state, now.polling) == (.running, IssuanceProgress.Polling(made: 1, limit: 3, nextAt: nil)))
        #expect(now.history?.polling == now.polling)
        let machine = test.machine
        await #expect(throws: IssuanceRefusal.underWay) { try await machine.discard(now.id, by: TestMachine.manager) }
        await #expect(throws: IssuanceRefusal.underWay) {
            try await machine.checkAgain(now.id, by: TestMachine.manager)
        }
    }

    @Test("T3: [Check Again] after the last poll, or with the timer off, is no poll", arguments: [true, false])
    func checkedAgain(isTimerOn: Bool) async throws {
        let test = try await begun(.deferRequest)
        test.server.answer(.deferRequest)
        for _ in 1...(isTimerOn ? 4 : 1) { try await test.tick(afterMinutes: 5) }
        if !isTimerOn { try await test.setTimer(false) }
        let waiting = try await progress(test)
        #expect((waiting.state, waiting.polling) == (.waiting, nil))
        // It asks nobody: what a page says while it is under way is in the store.
        try await test.machine.store.write { tables in
            try tables.connection.execute(
                "CREATE TRIGGER held BEFORE UPDATE OF sealed_transaction ON issuance "
                    + "BEGIN SELECT RAISE(ABORT, 'held'); END")
        }
        try await test.machine.checkAgain(waiting.id, by: TestMachine.manager)
        let stored = try await test.machine.store.read { try $0.issuances.record(waiting.id)?.automatic?.isPoll }
        #expect(stored == false)
        await test.machine.waitForIssuances()
    }

    @Test("I8: a request whose end the store could not take can be discarded once it can")
    func unwritten() async throws {
        let test = try await begun(.deferRequest)
        test.server.answer(.deferRequest)
        try await test.machine.store.write { tables in
            try tables.connection.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON issuance WHEN new.state <> 'running' "
                    + "BEGIN SELECT RAISE(ABORT, 'full'); END")
        }
        try await test.tick(afterMinutes: 5)
        let stuck = try await progress(test)
        #expect((stuck.state, stuck.polling, stuck.history?.polling) == (.waiting, nil, nil))
        try await test.machine.store.write { try $0.connection.execute("DROP TRIGGER full") }
        try await test.machine.discard(stuck.id, by: TestMachine.manager)
        #expect(try await progress(test).state == .failed)
        for _ in 1...2 { try await test.tick(afterMinutes: 5) }
        #expect(test.server.kinds == [.enrolment, .poll])
        #expect(try await test.machine.keys().count == 1)
    }

    @Test("T3, P2: after the set number of polls it is an error with the last outcome, and everything is kept")
    func exhausted() async throws {
        for (answer, details) in [
            (TestServer.Answer.deferRequest, HistoryDetails.deferred), (.loseReply, .communicationError),
        ] {
            let test = try await begun(answer)
            test.server.answer(answer)
            for _ in 1...6 { try await test.tick(afterMinutes: 5) }
            let last = try await progress(test)
            #expect((last.state, last.polling) == (.waiting, nil))
            #expect((last.history?.status, last.history?.details) == (.error, details))
            #expect(last.history?.openIssuance == last.id)
            #expect(test.server.kinds.count == 4, "the request and three polls")
            #expect(try await test.machine.key(named: "auto")?.state == .waitingForCertificate)
            test.server.answer(.issue)
            try await test.machine.checkAgain(last.id, by: TestMachine.manager)
            await test.machine.waitForIssuances()
            #expect(try await progress(test).state == .succeeded)
        }
    }

    @Test("T3, P5: after a lost reply the same bytes go out again: a one-time challenge is not spent twice")
    func lostReply() async throws {
        let test = try await begun(.loseReply)
        #expect(try await progress(test).history?.details == .communicationError)
        #expect(try await progress(test).history?.cause == .connectionClosed)
        #expect(try await progress(test).steps[3].state == .failed)
        test.server.answerNext(.loseReply)
        for _ in 1...2 { try await test.tick(afterMinutes: 5) }
        #expect(try await progress(test).state == .succeeded)
        #expect(test.server.requests.count == 3)
        #expect(Set(test.server.requests).count == 1)
        #expect(test.server.issued.count == 1)
    }

    @Test("T3: a refused connection is polled; nothing was sent, so that nothing is spent", arguments: [true, false])
    func notConnected(everything: Bool) async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.schedule()
        if everything { test.server.setUnreachable(true) } else { test.server.answer(.unreachable) }
        try await test.tick(afterMinutes: 60)
        let first = try await progress(test)
        #expect((first.state, first.history?.cause) == (.polling, .notConnected))
        #expect(first.steps.contains { $0.state == .failed })
        #expect(test.server.requests.isEmpty)
        test.server.setUnreachable(false)
        test.server.answer(.issue)
        try await test.tick(afterMinutes: 5)
        #expect(try await progress(test).state == .succeeded)
        #expect(test.server.kinds == [.enrolment])
    }

    @Test("T3: a server that is never reached ends it as an error, and nothing is kept")
    func neverConnected() async throws {
        let test = try await begun(.unreachable)
        test.server.answer(.unreachable)
        for _ in 1...4 { try await test.tick(afterMinutes: 5) }
        let last = try await progress(test)
        #expect((last.state, last.history?.status, last.history?.cause) == (.failed, .error, .notConnected))
        #expect(last.history?.openIssuance == nil)
        #expect(try await test.machine.keys().map(\.name) == ["Default Key"])
    }

    @Test("T3: an error in the reply, or of the server, ends it at once without a poll")
    func notPolled() async throws {
        let cases: [(TestServer.Answer, HistoryDetails, IssuanceCause, IssuanceProgress.State)] =
            (0...4).map { (.refuse($0), .failInfo($0), .refusedByServer, .failed) } + [
                (.refuse(nil), .communicationError, .refusedByServer, .failed),
                (.status(404), .httpStatus(404), .httpStatus, .waiting),
                (.status(500), .httpStatus(500), .httpStatus, .waiting),
                (.status(503), .httpStatus(503), .httpStatus, .waiting),
                (.garbage, .communicationError, .unreadableReply, .waiting),
            ]
        for (answer, details, cause, state) in cases {
            let test = try await begun(answer)
            for _ in 1...2 { try await test.tick(afterMinutes: 5) }
            let last = try await progress(test)
            #expect((last.state, last.history?.status) == (state, .error), "\(answer)")
            #expect((last.history?.details, last.history?.cause) == (details, cause), "\(answer)")
            #expect(test.server.requests.count == 1, "\(answer)")
        }
    }

    @Test("T3: a web page or a server error in place of the CA ends it at once too, and nothing was sent")
    func notPolledBefore() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.schedule()
        test.server.answerGets(with: TransportReply(status: 503, body: []))
        try await test.tick(afterMinutes: 60)
        let last = try await progress(test)
        #expect((last.state, last.history?.details) == (.failed, .httpStatus(503)))
        #expect(test.server.requests.isEmpty)
    }

    @Test("T3: without polling a deferred request is an error at once, and is kept")
    func off() async throws {
        let test = try await begun(.deferRequest, polling: false)
        let last = try await progress(test)
        #expect((last.state, last.history?.status, last.history?.details) == (.waiting, .error, .deferred))
        for _ in 1...3 { try await test.tick(afterMinutes: 5) }
        #expect(test.server.requests.count == 1)
    }

    @Test("T3: interval and times that change between two polls count from the next one on")
    func settingsChanged() async throws {
        let test = try await begun(.deferRequest)
        test.server.answer(.deferRequest)
        try await test.change { $0.pollingInterval = 20 }
        #expect(try await progress(test).polling?.nextAt == TestClock.start + 80 * 60)
        try await test.tick(afterMinutes: 10)
        #expect(test.server.kinds.count == 1)
        try await test.change { $0.pollingInterval = 1 }
        try await test.tick()
        #expect(test.server.kinds.count == 2)
        try await test.change { $0.key?.commonName = "other.example" }
        try await test.tick(afterMinutes: 1)
        #expect(test.server.csrs.map(\.subject.commonName) == ["printer.example"])
        #expect(test.server.kinds == [.enrolment, .poll, .poll])
        try await test.change { $0.pollingTimes = 2 }
        #expect(try await test.tick(afterMinutes: 1) == test.clock.now(), "something else may be due")
        #expect(try await progress(test).state == .waiting)
        #expect(try await progress(test).history?.details == .deferred)
        #expect(test.server.kinds.count == 3)
    }

    @Test("T8: the timer switched off ends the polling with its last outcome", arguments: [true, false])
    func timerOff(isSent: Bool) async throws {
        let test = try await begun(isSent ? .deferRequest : .unreachable)
        let now = test.clock.now()
        let stopped = try await test.machine.store.write { tables in
            var settings = try tables.settings.autoRequestSettings
            settings.isTimerEnabled = false
            try tables.settings.set(.autoRequest, settings)
            return try tables.stopPolling(by: TestMachine.manager, at: now)
        }
        #expect(stopped)
        for _ in 1...3 { try await test.tick(afterMinutes: 5) }
        let last = try await progress(test)
        #expect(last.state == (isSent ? .waiting : .failed))
        #expect((last.history?.status, last.history?.cause) == (.error, isSent ? .deferred : .notConnected))
        #expect(test.server.kinds.count == (isSent ? 1 : 0))
        #expect(try await test.machine.keys().count == (isSent ? 2 : 1))
    }

    @Test("T9: a clock stepped back during polling polls at once, one stepped forward polls once")
    func clockStepped() async throws {
        let test = try await begun(.deferRequest)
        test.server.answer(.deferRequest)
        test.clock.set(TestClock.start)
        try await test.tick()
        #expect(test.server.kinds.count == 2)
        try await test.tick()
        #expect(test.server.kinds.count == 2)
        test.clock.set(TestClock.start + 3 * 3600)
        try await test.tick()
        #expect(test.server.kinds.count == 3)
        #expect(try await progress(test).polling?.nextAt == TestClock.start + 3 * 3600 + 300)
        test.clock.set(Date(timeIntervalSince1970: 1000))
        #expect(try await test.tick() == nil, "without the time nothing can be judged")
        #expect(test.server.kinds.count == 3)
    }

    @Test("P3, T9: by a clock that stands before the CA was made nothing is polled: no reply could be judged")
    func clockBeforeAuthority() async throws {
        let test = try await begun(.deferRequest)
        test.clock.set(TestClock.start - 10 * 86400)
        try await test.restart()
        #expect(try await test.tick() == nil)
        #expect(test.server.kinds == [.enrolment])
        #expect(try await progress(test).state == .polling)
        test.clock.set(TestClock.start + 2 * 3600)
        try await test.tick()
        #expect(test.server.kinds == [.enrolment, .poll])
        #expect(try await progress(test).state == .succeeded)
    }

    @Test("P3: polling goes on over a restart, and no sooner")
    func restarted() async throws {
        let test = try await begun(.deferRequest)
        try await test.restart()
        try await test.tick(afterMinutes: 4)
        #expect(test.server.kinds == [.enrolment])
        #expect(try await progress(test).polling?.made == 0)
        try await test.restart()
        try await test.tick(afterMinutes: 1)
        #expect(test.server.kinds == [.enrolment, .poll])
        #expect(try await progress(test).state == .succeeded)
    }

    @Test(
        "P3: a stored transaction that cannot be read any more is an error that [Discard] ends, and blocks nothing",
        arguments: [true, false])
    func unreadable(isRunning: Bool) async throws {
        let test = try await begun(.deferRequest)
        try await test.change { ($0.isPeriodic, $0.interval) = (true, 1) }
        try await test.machine.store.write { tables in
            try tables.connection.execute("UPDATE issuance SET sealed_transaction = x'00'")
            if isRunning { try tables.connection.execute("UPDATE issuance SET state = 'running'") }
        }
        if isRunning { try await test.restart() }
        try await test.tick(afterMinutes: 5)
        let last = try await progress(test)
        #expect((last.state, last.history?.status) == (.waiting, .error))
        #expect(last.history?.cause == .machineFailure)
        #expect(test.server.kinds == [.enrolment])
        #expect(try await test.machine.key(named: "auto")?.state == .waitingForCertificate)
        if isRunning {
            try await test.machine.discard(last.id, by: TestMachine.manager)
            #expect(try await test.machine.keys().count == 1)
        }
        test.clock.set(TestClock.start + 3600 + 86400)
        try await test.tick()
        #expect(try await progress(test).state == .succeeded)
        #expect(try await test.machine.history().map(\.cause) == [nil, isRunning ? .discarded : .superseded])
    }

    @Test("P4: a server that does not know CertPoll gets the request itself from then on", arguments: [true, false])
    func pollNotKnown(isStatus: Bool) async throws {
        let test = try await begun(.deferRequest)
        test.server.answerNext(isStatus ? .status(500) : .refuse(2), .deferRequest, .deferRequest)
        for _ in 1...2 { try await test.tick(afterMinutes: 5) }
        #expect(try await progress(test).polling?.made == 2)
        #expect(test.server.kinds == [.enrolment, .poll, .enrolment, .enrolment])
        try await test.restart()
        try await test.tick(afterMinutes: 5)
        #expect(try await progress(test).state == .succeeded)
        #expect(test.server.kinds == [.enrolment, .poll, .enrolment, .enrolment, .enrolment])
        #expect(Set(test.server.requests).count == 2)
    }

    @Test("P4: when the request itself is answered so too, it is an error at once", arguments: [true, false])
    func requestNotKnown(isStatus: Bool) async throws {
        let test = try await begun(.deferRequest)
        test.server.answer(isStatus ? .status(500) : .refuse(2))
        for _ in 1...3 { try await test.tick(afterMinutes: 5) }
        #expect(test.server.requests.count == 3)
        let last = try await progress(test)
        #expect((last.state, last.history?.status) == (isStatus ? .waiting : .failed, .error))
        #expect(last.history?.details == (isStatus ? .httpStatus(500) : .failInfo(2)))
    }

    @Test("[Check Again] polls at once while a request is polled, and [Discard] gives it up")
    func byHand() async throws {
        let test = try await begun(.deferRequest)
        test.server.answer(.deferRequest)
        let id = try await progress(test).id
        try await test.machine.checkAgain(id, by: TestMachine.manager)
        await test.machine.waitForIssuances()
        #expect(test.server.kinds == [.enrolment, .poll])
        #expect(try await progress(test).polling?.made == 1)
        try await test.machine.discard(id, by: TestMachine.manager)
        let last = try await progress(test)
        #expect((last.state, last.history?.cause) == (.failed, .discarded))
        #expect(try await test.machine.keys().count == 1)
        #expect(try await test.machine.status().errors.isEmpty, "what an administrator wanted is no error")
        for _ in 1...3 { try await test.tick(afterMinutes: 5) }
        #expect(test.server.kinds.count == 2)
    }
}
