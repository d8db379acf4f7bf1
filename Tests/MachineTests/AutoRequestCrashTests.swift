import FoundationEssentials
import PKI
import Testing

@testable import Machine

@Suite("Power cuts in automatic requests") struct AutoRequestCrashTests {
    struct Story: Sendable, CustomTestStringConvertible {
        let name: String
        let answers: [TestServer.Answer]
        var refused: Set<TestServer.Kind> = []
        var testDescription: String { name }
    }

    @Test(
        "T9, I7: a power cut at any step of an automatic request delays its certificate and nothing else",
        arguments: [
            Story(name: "issued at once", answers: [.issue]),
            Story(name: "deferred, polled", answers: [.deferRequest, .deferRequest, .issue]),
            Story(name: "reply lost, sent again", answers: [.loseReply, .issue]),
            Story(name: "poll lost, polled again", answers: [.deferRequest, .loseReply, .issue]),
            Story(name: "not connected, begun again", answers: [.unreachable, .issue]),
            Story(name: "no CertPoll", answers: [.deferRequest, .deferRequest, .issue], refused: [.poll]),
        ])
    func everyStep(_ story: Story) async throws {
        let server = TestServer()
        let snapshots = Snapshots(server: server)
        let test = try await TestMachine(clock: snapshots.clock(), server: server)
        try await test.configure()
        try await test.schedule { $0.pollingTimes = 20 }
        server.answerNext(story.answers)
        server.refuse(story.refused)
        snapshots.begin(test.configuration.dataDirectory)
        try await test.tick(afterMinutes: 60)
        for _ in 1..<story.answers.count { try await test.tick(afterMinutes: 5) }
        snapshots.take()
        snapshots.end()
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
        #expect(snapshots.all.count > 8)

        for (number, snapshot) in snapshots.all.enumerated() {
            let clock = TestClock()
            clock.set(test.clock.now())
            let after = try await TestMachine(folder: snapshot.folder, clock: clock, server: snapshot.server)
            await after.machine.waitForIssuances()
            for _ in 1...story.answers.count + 1 { try await after.tick(afterMinutes: 5) }
            let progress = try #require(try await after.machine.currentIssuance())
            #expect(progress.state == .succeeded, "snapshot \(number)")
            #expect(progress.steps.allSatisfy { $0.state == .done }, "snapshot \(number)")
            #expect(try await after.machine.history().map(\.status) == [.successful], "snapshot \(number)")
            #expect(try await after.machine.keys().map(\.name) == ["Default Key", "auto"], "snapshot \(number)")
            let certificate = try await after.machine.key(named: "auto")?.certificate
            #expect(snapshot.server.issued == [certificate], "snapshot \(number)")
            #expect(snapshot.server.spentChallenges == 1, "snapshot \(number)")
            #expect(try await after.machine.firstAlteredAuditEntry() == nil)
        }
    }

    @Test("T10, P6: a power cut at any step of a renewal goes on with the step that was reached, never back")
    func renewal() async throws {
        let server = TestServer()
        let snapshots = Snapshots(server: server)
        let test = try await TestMachine(clock: snapshots.clock(), server: server)
        try await test.configure()
        try await test.schedule { $0.renewal.trigger = .daysBefore(30) }
        server.announce(["SCEPStandard", "Renewal"])
        server.issue(TestClock.start..<TestClock.start + 100 * 86400)
        try await test.tick(afterMinutes: 60)
        server.issue(TestClock.start..<TestClock.start + 400 * 86400)
        test.clock.set(TestClock.start + 70 * 86400)
        server.refuse([.renewalReq])
        server.answerNext([.deferRequest, .issue])
        snapshots.begin(test.configuration.dataDirectory)
        try await test.tick()
        try await test.tick(afterMinutes: 5)
        snapshots.end()
        #expect(server.kinds == [.enrolment, .renewalReq, .oldCertificate, .poll])

        for (number, snapshot) in snapshots.all.enumerated() {
            let clock = TestClock()
            clock.set(test.clock.now())
            let after = try await TestMachine(folder: snapshot.folder, clock: clock, server: snapshot.server)
            await after.machine.waitForIssuances()
            for _ in 1...2 { try await after.tick(afterMinutes: 5) }
            #expect(try await after.machine.currentIssuance()?.state == .succeeded, "snapshot \(number)")
            #expect(try await after.machine.keys().map(\.name) == ["Default Key", "auto", "auto-2"])
            let steps = snapshot.server.kinds.reduce(into: [TestServer.Kind]()) { if $0.last != $1 { $0.append($1) } }
            let expected: [TestServer.Kind] = [.enrolment, .renewalReq, .oldCertificate]
            #expect(steps == expected || steps == expected + [.poll], "snapshot \(number): \(steps)")
            #expect(snapshot.server.issued.count == 2, "snapshot \(number)")
        }
    }

    @Test("T8: a request whose key was not stored yet ends when the timer is off by then; with it on it goes on")
    func beforeKey() async throws {
        for isOn in [true, false] {
            let test = try await TestMachine()
            try await test.configure()
            try await test.schedule { $0.isTimerEnabled = isOn }
            try await test.machine.store.write { tables in
                guard let key = try tables.settings.autoRequestSettings.key else { return }
                let number = try tables.history.add(
                    keyName: "auto", status: .processing, isManual: false, at: TestClock.start)
                let id = try tables.issuances.create(
                    keyName: "auto", use: .tls, historyNumber: number, at: TestClock.start)
                try tables.issuances.setAutomatic(id, key: key, target: .occurrence(0), at: TestClock.start)
            }
            try await test.restart()
            await test.machine.waitForIssuances()
            let last = try #require(try await test.machine.currentIssuance())
            #expect(last.state == (isOn ? .succeeded : .failed))
            #expect(last.history?.cause == (isOn ? nil : .timerSwitchedOff))
            #expect(test.server.requests.count == (isOn ? 1 : 0))
        }
    }

    @Test("T9: what was under way is taken up only when the clock is set: before, no certificate can be judged")
    func clockNotSet() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.schedule()
        test.server.answer(.deferRequest)
        try await test.tick(afterMinutes: 60)
        let set = test.clock.now()
        try await test.machine.store.write { try $0.connection.execute("UPDATE issuance SET state = 'running'") }
        test.clock.set(Date(timeIntervalSince1970: 1000))
        try await test.restart()
        try await test.tick()
        #expect(test.server.kinds == [.enrolment])
        test.server.answer(.issue)
        test.clock.set(set + 60)
        try await test.tick()
        #expect(test.server.kinds == [.enrolment, .poll])
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
    }
}
