import FoundationEssentials
import SCEP
import Testing

@testable import Machine

@Suite("Auto request settings") struct SettingsAutoRequestTests {
    typealias Field = AutoRequestSettings.Field

    @Test("T7, T8: settings survive a restart; what changed is in the audit log, and no secret is")
    func persistence() async throws {
        let test = try await TestMachine()
        try await test.configure()
        #expect(try await test.machine.autoRequestSettings() == AutoRequestSettings())
        let form = try await test.timerForm { form in
            (form.isPollingEnabled, form.pollingTimes, form.pollingInterval) = (true, "7", "3")
            (form.isPeriodic, form.interval, form.deletesOldKey) = (true, "30", true)
            form.key = IssuanceRequest.Form(
                keyName: "auto", organization: "Example", commonName: "printer.example",
                challengePassword: Secret("open sesame"), keyUseLocation: "tls")
            form.changesChallengePassword = true
        }
        let change = try await test.machine.updateAutoRequestSettings(form, by: TestMachine.manager)
        #expect(
            change
                == AutoRequestChange(
                    isTimerEnabled: true, nextRequest: TestClock.start + 3600, stoppedRequest: false))
        let settings = try await test.machine.autoRequestSettings()
        #expect(settings == (try form.validated(legacyMode: false)))
        #expect(settings.key?.use == .tls)
        try await test.restart()
        #expect(try await test.machine.autoRequestSettings() == settings)
        let entry = try #require(try await log(test).first)
        #expect((entry.name, entry.result) == ("admin", .ok))
        for item in [
            "timer on", "start 2026-11-21T13:00", "polling times 7", "interval 30 days", "delete old key on",
            "key name auto", "use tls", "challenge password changed",
        ] {
            #expect(entry.detail.contains(item), "\(item)")
        }
        #expect(!entry.detail.contains("sesame") && !entry.detail.contains("restart"))
        _ = try await test.machine.updateAutoRequestSettings(
            AutoRequestSettings.Form(settings), by: TestMachine.manager)
        #expect(try await log(test).first?.detail == "no change")
    }

    @Test("T7: the challenge password is sealed, and replaced or removed only with the box to change it")
    func challenge() async throws {
        let test = try await TestMachine()
        try await test.configure()
        func update(_ password: String, changes: Bool) async throws -> String? {
            try await test.updateTimer { form in
                form.isTimerEnabled = false
                (form.key.challengePassword, form.changesChallengePassword) = (Secret(password), changes)
            }
            return try await test.machine.store.read { try $0.challengePassword()?.text }
        }
        #expect(try await test.machine.hasStoredChallengePassword() == false)
        #expect(try await update("typed", changes: false) == nil)
        #expect(try await update("first", changes: true) == "first")
        #expect(try await test.machine.hasStoredChallengePassword())
        let sealed = try #require(try await test.machine.store.read { try $0.settings.value(.challengePassword) })
        #expect(!String(decoding: sealed, as: UTF8.self).contains("first"))
        #expect(try await update("typed", changes: false) == "first")
        #expect(try await update("second", changes: true) == "second")
        #expect(try await update("", changes: false) == "second")
        #expect(try await update("", changes: true) == nil)
        #expect(try await test.machine.hasStoredChallengePassword() == false)
        let details = try await log(test).map(\.detail)
        #expect(details.first == "challenge password removed")
        #expect(details.filter { $0.contains("challenge password changed") }.count == 2)
    }

    @Test("C4: another server takes the challenge password that was stored for the old one")
    func passBack() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.updateTimer { form in
            form.isTimerEnabled = false
            (form.key.challengePassword, form.changesChallengePassword) = (Secret("secret"), true)
        }
        let other = CommunicationSettings(server: try ServerURL(url: "http://other.example/scep", port: 80))
        let change = try await test.machine.updateCommunicationSettings(other, by: TestMachine.manager)
        #expect(change.clearedChallengePassword)
        #expect(try await test.machine.hasStoredChallengePassword() == false)
    }

    @Test("T8: all problems are told at once, a start that has passed among them, and nothing is applied")
    func problems() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let form = try await test.timerForm { form in
            form.start = "2026-11-21T12:00"
            (form.isPollingEnabled, form.pollingTimes, form.pollingInterval) = (true, "0", "61")
            (form.isPeriodic, form.interval) = (true, "2")
            form.key.commonName = "not a name"
            (form.key.challengePassword, form.changesChallengePassword) = (Secret("secret"), true)
        }
        do {
            _ = try await test.machine.updateAutoRequestSettings(form, by: TestMachine.manager)
            Issue.record("it was taken")
        } catch let errors as FieldErrors<Field> {
            let expected: [Field] = [
                .start, .pollingTimes, .pollingInterval, .interval, .key(.commonName),
            ]
            #expect(errors.entries.map(\.field) == expected)
            #expect(errors[.start] == .inThePast)
        }
        #expect(try await test.machine.autoRequestSettings() == AutoRequestSettings())
        #expect(try await test.machine.hasStoredChallengePassword() == false)
        #expect(try await log(test).isEmpty)
    }

    @Test("T1: a start that counts anew lies ahead; another change leaves a start that has passed, and the schedule")
    func reset() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.updateTimer { ($0.isPeriodic, $0.interval) = (true, "7") }
        // The set time has passed, and its request was made.
        test.clock.advance(minutes: 90)
        try await setDone(test, 0)
        let week = TestClock.start + 3600 + 7 * 86_400
        let settings = try await test.machine.autoRequestSettings()
        func update(_ change: (inout AutoRequestSettings.Form) -> Void) async throws -> AutoRequestChange {
            var form = AutoRequestSettings.Form(settings)
            change(&form)
            return try await test.machine.updateAutoRequestSettings(form, by: TestMachine.manager)
        }
        let kept: [(inout AutoRequestSettings.Form) -> Void] = [
            { _ in }, { $0.isPollingEnabled = true }, { $0.deletesOldKey = true }, { $0.key.keyName = "other" },
            { $0.renewalTrigger = "days" },
            { ($0.key.challengePassword, $0.changesChallengePassword) = (Secret("x"), true) },
        ]
        for change in kept {
            #expect(try await update(change).nextRequest == week)
            #expect(try await done(test) == 0)
        }
        let adjusted = try #require(try await update { $0.adjustsRequestTime = true }.nextRequest)
        #expect((1...600).contains(adjusted.timeIntervalSince(week)))
        #expect(try await done(test) == 0)
        let resetting: [(FieldProblem, (inout AutoRequestSettings.Form) -> Void)] = [
            (.inThePast, { $0.start = "2026-11-21T13:01" }), (.startsAnew, { $0.interval = "30" }),
        ]
        for (problem, change) in resetting {
            await #expect(throws: FieldErrors<Field>([.init(.start, problem)])) { _ = try await update(change) }
            #expect(try await done(test) == 0)
            let next = try await update { form in
                change(&form)
                form.start = "2026-11-22T00:00"
            }.nextRequest
            #expect(next == TestClock.start + 12 * 3600)
            #expect(try await done(test) == nil)
            // Back to where it was.
            try await store(test, settings)
            try await setDone(test, 0)
        }
    }

    @Test("T4: enabling periodic requests resets the start; disabling them does not, and schedules nothing more")
    func periodic() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.setTimer(true)
        test.clock.advance(minutes: 90)
        try await setDone(test, 0)
        let past = try await test.machine.autoRequestSettings()
        var form = AutoRequestSettings.Form(past)
        form.isPeriodic = true
        await #expect(throws: FieldErrors<Field>([.init(.start, .startsAnew)])) {
            _ = try await test.machine.updateAutoRequestSettings(form, by: TestMachine.manager)
        }
        try await test.updateTimer { $0.isPeriodic = true }
        test.clock.advance(minutes: 90)
        try await setDone(test, 0)
        form = AutoRequestSettings.Form(try await test.machine.autoRequestSettings())
        form.isPeriodic = false
        let change = try await test.machine.updateAutoRequestSettings(form, by: TestMachine.manager)
        #expect(change == AutoRequestChange(isTimerEnabled: true, nextRequest: nil, stoppedRequest: false))
    }

    @Test("T1: while the timer is off the start may have passed or be missing")
    func offWithoutStart() async throws {
        let test = try await TestMachine()
        for start in ["", "2001-01-01T00:00"] {
            let change = try await test.updateTimer { ($0.isTimerEnabled, $0.start) = (false, start) }
            #expect(change == AutoRequestChange(isTimerEnabled: false, nextRequest: nil, stoppedRequest: false))
        }
    }

    @Test("T1: a local time is taken in the machine's zone")
    func start() async throws {
        let test = try await TestMachine(zone: .fixed(seconds: 3600))
        try await test.configure()
        // Noon in London: the clock on the wall shows 13:00, and a start at 12:30 has passed.
        await #expect(throws: FieldErrors<Field>([.init(.start, .inThePast)])) {
            try await test.updateTimer { $0.start = "2026-11-21T12:30" }
        }
        let change = try await test.updateTimer { $0.start = "2026-11-21T13:30" }
        #expect(change.nextRequest == TestClock.start + 1800)
    }

    @Test("T1: the timer is not switched on when it cannot do anything, and the log says why")
    func refusals() async throws {
        let test = try await TestMachine()
        func refusal() async throws -> AutoRequestRefusal? {
            do {
                try await test.updateTimer()
                try await test.setTimer(false)
                return nil
            } catch let refusal as AutoRequestRefusal {
                #expect(try await test.machine.isAutoRequestTimerEnabled() == false)
                let entry = try #require(try await log(test).first)
                #expect((entry.result, entry.detail) == (.refused, "timer on: \(refusal)"))
                return refusal
            }
        }
        #expect(try await refusal() == .notConfigured)
        try await test.configure(accept: false)
        #expect(try await refusal() == .authorityNotAccepted)
        try await test.configure()
        #expect(try await refusal() == nil)
        test.clock.set(Date(timeIntervalSince1970: 1_000_000_000))
        #expect(try await refusal() == .clockNotSet)
        test.clock.set(TestClock.start)
        test.server.answer(.deferRequest)
        let waiting = try #require(try await test.request())
        #expect(try await refusal() == .requestWaiting)
        try await test.machine.discard(waiting.id, by: TestMachine.manager)
        #expect(try await refusal() == nil)
    }

    @Test("T1: the timer is not switched on while a request runs, and can be changed while it is on")
    func refusedWhileRunning() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await setRunning(test)
        await #expect(throws: AutoRequestRefusal.requestInProgress) { try await test.updateTimer() }
        try await test.machine.resumeIssuances()
        try await test.setTimer(true)
        try await setRunning(test)
        #expect(try await test.updateTimer { $0.isPeriodic = true }.isTimerEnabled)
        #expect(try await !test.updateTimer { $0.isTimerEnabled = false }.isTimerEnabled)
    }

    @Test("C3, C6: another CA can be accepted while the timer is on, or the timer would be stuck; the settings cannot")
    func otherAuthority() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request()
        // Without a fingerprint typed in advance: what was accepted is all that speaks for the CA.
        try await test.configure(accept: false)
        try await test.updateTimer { ($0.isPeriodic, $0.interval) = (true, "1") }
        try test.server.replaceCA()
        try await test.tick(afterMinutes: 61)
        #expect(try await test.machine.history().first?.cause == .authorityChanged)
        try await test.machine.testConnection(by: TestMachine.manager)
        await test.machine.waitForConnectionTest()
        let former = try await test.machine.acceptedAuthority()?.fingerprint
        let accepted = try await test.machine.acceptAuthority(
            test.server.fingerprint, replacing: former, by: TestMachine.manager)
        #expect(try await test.machine.acceptedAuthority() == accepted)
        #expect(try await test.machine.isAutoRequestTimerEnabled())
        #expect(try await test.machine.auditEntries().first?.operation == .acceptAuthority)
        await #expect(throws: CommunicationRefusal.timerEnabled) { try await test.configure() }
        try await test.tick(afterMinutes: 1440)
        #expect(try await test.machine.history().first?.status == .successful)
    }

    @Test("T8: switching the timer off ends what polls, in the same step; its key is kept for [Check Again]")
    func offWhilePolling() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.updateTimer { ($0.isPollingEnabled, $0.pollingTimes) = (true, "5") }
        test.server.answer(.deferRequest)
        try await test.tick(afterMinutes: 61)
        let status = try await test.machine.status()
        #expect(status.autoRequest.isTimerEnabled)
        #expect(status.autoRequest.current?.state == .polling)
        let change = try await test.updateTimer { $0.isTimerEnabled = false }
        #expect(change == AutoRequestChange(isTimerEnabled: false, nextRequest: nil, stoppedRequest: true))
        #expect(try await test.machine.autoRequestState().current?.state == .waiting)
        #expect(try await test.machine.history().map(\.status) == [.error])
        // Whoever only wanted to change a setting loses nothing: the same request is taken up at the next date.
        #expect(try await test.updateTimer { $0.start = "2026-11-22T02:00" }.isTimerEnabled)
        test.server.answer(.issue)
        try await test.tick(afterMinutes: 24 * 60)
        #expect(try await test.machine.history().map(\.status) == [.successful])
        #expect(test.server.csrs.count == 1)
    }

    @Test(
        "T3, T8: switching polling off, or setting fewer polls than were made, ends what polls in the same step",
        arguments: [true, false])
    func pollingOffWhilePolling(isPollingOff: Bool) async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.updateTimer { ($0.isPollingEnabled, $0.pollingTimes) = (true, "5") }
        test.server.answer(.deferRequest)
        for minutes in [61.0, 1] { try await test.tick(afterMinutes: minutes) }
        var form = AutoRequestSettings.Form(try await test.machine.autoRequestSettings())
        form.pollingTimes = "2"
        var change = try await test.machine.updateAutoRequestSettings(form, by: TestMachine.manager)
        #expect(!change.stoppedRequest, "a poll is left")
        #expect(try await test.machine.autoRequestState().current?.state == .polling)
        if isPollingOff { form.isPollingEnabled = false } else { form.pollingTimes = "1" }
        change = try await test.machine.updateAutoRequestSettings(form, by: TestMachine.manager)
        #expect(change == AutoRequestChange(isTimerEnabled: true, nextRequest: nil, stoppedRequest: true))
        #expect(try await test.machine.autoRequestState().current?.state == .waiting)
        #expect(try await test.machine.history().map(\.status) == [.error])
    }

    @Test("C6: a fingerprint typed in advance is a setting: another CA than its own waits until the timer is off")
    func otherThanTyped() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.setTimer(true)
        try test.server.replaceCA()
        // Shown to an administrator before the fingerprint was typed.
        let look = try await TestMachine(server: test.server)
        try await look.configure(accept: false)
        let other = try await look.machine.lookUpAuthority()
        await #expect(throws: AuthorityRefusal.fingerprintMismatch) {
            try await test.machine.accept(other, by: TestMachine.manager)
        }
        try await test.setTimer(false)
        try await test.configure()
        #expect(try await test.machine.accept(other, by: TestMachine.manager).fingerprint == test.server.fingerprint)
    }

    // MARK: Steps

    private func log(_ test: TestMachine) async throws -> [AuditEntry] {
        try await test.machine.auditEntries().filter { $0.operation == .changeAutoRequestSettings }
    }

    private func done(_ test: TestMachine) async throws -> Int? {
        try await test.machine.store.read { try $0.settings.value(.autoRequestSchedule)?.done }
    }

    private func setDone(_ test: TestMachine, _ done: Int) async throws {
        try await test.machine.store.write {
            try $0.settings.set(.autoRequestSchedule, AutoRequestSchedule(done: done))
        }
    }

    private func store(_ test: TestMachine, _ settings: AutoRequestSettings) async throws {
        try await test.machine.store.write { try $0.settings.set(.autoRequest, settings) }
    }

    /// A request that has no key yet: the next start ends it.
    private func setRunning(_ test: TestMachine) async throws {
        try await test.machine.store.write { tables in
            let number = try tables.history.add(keyName: "by-hand", status: .processing, at: TestClock.start)
            _ = try tables.issuances.create(
                keyName: "by-hand", use: .tls, historyNumber: number, at: TestClock.start)
        }
    }
}
