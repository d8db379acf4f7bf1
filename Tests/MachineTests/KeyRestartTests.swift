import FoundationEssentials
import Synchronization
import Testing

@testable import Machine

@Suite("T5: the machine restarts by itself") struct KeyRestartTests {
    @Test("T5: after an automatic request the machine restarts once, writes it down, and the new key serves")
    func restarts() async throws {
        let test = try await acquired()
        #expect(test.restarts.count == 0)
        try await test.machine.tick()
        #expect(test.restarts.count == 1)
        let entry = try #require(try await log(test).first)
        #expect((entry.role, entry.result, entry.detail) == (.machine, .ok, "for auto"))
        for _ in 0..<3 {
            test.clock.advance(minutes: 2)
            try await test.machine.tick()
        }
        #expect(test.restarts.count == 1, "it is on its way")
        try await test.restart()
        #expect(try await test.machine.status().tlsKey?.name == "auto")
        try await test.machine.tick()
        #expect(test.restarts.count == 1)
    }

    @Test("T5: a restart that a power cut prevented is due at the next start no more: the key took its place there")
    func powerCut() async throws {
        let test = try await acquired()
        try await test.restart()
        try await test.machine.tick()
        #expect(test.restarts.count == 0)
        #expect(try await test.machine.status().tlsKey?.name == "auto")
    }

    @Test("T5: without the box, or for a key that was requested by hand, the administrator restarts")
    func byHand() async throws {
        let automatic = try await acquired { $0.restartsDevice = false }
        try await automatic.machine.tick()
        #expect(automatic.restarts.count == 0)
        #expect(try await automatic.machine.pendingRestart().count == 1)

        let manual = try await TestMachine()
        try await manual.configure()
        try await manual.request()
        try await manual.updateTimer { $0.restartsDevice = true }
        try await manual.machine.tick()
        #expect(manual.restarts.count == 0)
    }

    @Test("T5, T8: the restart that waits is called off with the box, and with the timer", arguments: [true, false])
    func calledOff(isTimerEnabled: Bool) async throws {
        let test = try await acquired()
        try await test.updateTimer { form in
            form.isTimerEnabled = isTimerEnabled
            form.restartsDevice = !isTimerEnabled
        }
        try await test.machine.tick()
        #expect(test.restarts.count == 0)
        #expect(try await test.machine.pendingRestart().count == 1)
    }

    @Test("T5: it waits for the end of every import and export, and comes at once then", .timeLimit(.minutes(10)))
    func batch() async throws {
        let test = try await acquired()
        let machine = test.machine
        #expect(machine.beginBatchOperation())
        #expect(machine.beginBatchOperation())
        try await machine.tick()
        machine.endBatchOperation()
        try await machine.tick()
        #expect(test.restarts.count == 0)
        // The loop sleeps by a clock that stands still: only the end of the export wakes it.
        let loop = Task { try await machine.runAutoRequests() }
        machine.endBatchOperation()
        await test.restarts.wait()
        #expect(test.restarts.count == 1)
        #expect(!machine.beginBatchOperation(), "nothing begins that the restart would cut off")
        loop.cancel()
        _ = await loop.result
    }

    @Test("T5: it waits while a request runs")
    func running() async throws {
        let test = try await acquired()
        try await test.machine.store.write { tables in
            let number = try tables.history.add(keyName: "other", status: .processing, at: TestClock.start)
            _ = try tables.issuances.create(keyName: "other", use: .tls, historyNumber: number, at: TestClock.start)
        }
        try await test.machine.tick()
        #expect(test.restarts.count == 0)
        try await test.machine.resumeIssuances()
        try await test.machine.tick()
        #expect(test.restarts.count == 1)
    }

    @Test("T5: a restart that does not start is an error information, and is tried again every minute")
    func fails() async throws {
        let test = try await acquired()
        test.restarts.fail(MachineError(.storage, "no such command"))
        let next = try await test.machine.tick()
        #expect(test.restarts.count == 1)
        #expect(next.map { $0 <= test.clock.now() + 60 } == true)
        #expect(try await test.machine.status().errors == [.restartFailed])
        for (minutes, count) in [(0.5, 1), (0.5, 2), (1, 3)] {
            test.clock.advance(minutes: minutes)
            try await test.machine.tick()
            #expect(test.restarts.count == count)
        }
        // A clock that is set back does not put it off for a year.
        test.clock.set(test.clock.now() - 86_400 * 365)
        try await test.machine.tick()
        #expect(test.restarts.count == 4)
        #expect(try await log(test).map(\.result) == [.failed, .ok], "not once a minute")
        test.restarts.fail(nil)
        test.clock.advance(minutes: 1)
        try await test.machine.tick()
        try await test.machine.tick()
        #expect(test.restarts.count == 5)
        #expect(try await test.machine.status().errors.isEmpty)
        #expect(try await log(test).map(\.result) == [.ok, .failed, .ok])
    }

    @Test("T5: a restart that failed and is not wanted any more is no error")
    func notWanted() async throws {
        let test = try await acquired()
        test.restarts.fail(MachineError(.storage, "no such command"))
        try await test.machine.tick()
        try await test.machine.deleteKey(named: "auto", by: TestMachine.manager)
        #expect(try await test.machine.status().errors.isEmpty)
        test.clock.advance(minutes: 2)
        try await test.machine.tick()
        #expect(test.restarts.count == 1)
    }

    // MARK: Steps

    /// A machine whose timer has brought a certificate, and that is to restart for it.
    private func acquired(
        _ change: (inout AutoRequestSettings.Form) -> Void = { _ in }
    ) async throws -> TestMachine {
        let test = try await TestMachine()
        try await test.configure()
        try await test.updateTimer { form in
            form.restartsDevice = true
            form.key.keyUseLocation = "tls"
            change(&form)
        }
        test.clock.advance(minutes: 61)
        try await test.machine.tick()
        await test.machine.waitForIssuances()
        #expect(try await test.machine.key(named: "auto")?.state == .restartPending)
        return test
    }

    private func log(_ test: TestMachine) async throws -> [AuditEntry] {
        try await test.machine.auditEntries().filter { $0.operation == .restart }
    }
}
