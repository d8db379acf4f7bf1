import FoundationEssentials
import Testing

@testable import Machine

@Suite("The loop of the automatic requests") struct AutoRequestLoopTests {
    /// The store takes nothing of this kind until the trigger is dropped.
    private static func stop(_ what: String) -> String {
        "CREATE TRIGGER stop BEFORE \(what) BEGIN SELECT RAISE(ABORT, 'full'); END"
    }

    private func machine() async throws -> TestMachine {
        let test = try await TestMachine()
        try await test.configure()
        try await test.schedule { ($0.isPeriodic, $0.interval) = (true, 1) }
        return test
    }

    /// Runs the loop while the body lasts.
    private func looping(_ test: TestMachine, _ body: () async throws -> Void) async throws {
        let machine = test.machine
        let loop = Task { try await machine.runAutoRequests() }
        try await body()
        loop.cancel()
        try await loop.value
        await machine.waitForIssuances()
        #expect(test.clock.sleepers == 0)
    }

    /// Waits until something holds: the loop runs in tasks of its own.
    private func until(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while try await !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record("it never came to that")
                return
            }
            await Task.yield()
        }
    }

    @Test("T9: the loop sleeps at most 30 seconds, makes what is due, and ends when it is cancelled")
    func due() async throws {
        let test = try await machine()
        try await looping(test) {
            try await until { test.clock.sleepers == 1 }
            test.clock.advance(minutes: 0.4)
            #expect(test.clock.sleepers == 1)
            test.clock.advance(minutes: 0.1)
            try await until { test.clock.sleepers == 1 }
            #expect(test.server.operations.isEmpty)
            test.clock.advance(minutes: 60)
            try await until { try await test.machine.currentIssuance()?.state == .succeeded }
        }
        #expect(test.server.requests.count == 1)
    }

    @Test("T8: a change of the settings wakes the loop at once")
    func woken() async throws {
        let test = try await machine()
        try await looping(test) {
            try await until { test.clock.sleepers == 1 }
            try await test.change { $0.start = LocalDateTime(TestClock.start, zone: .fixed(seconds: 0)) }
            test.machine.wakeAutoRequests()
            try await until { try await test.machine.currentIssuance()?.state == .succeeded }
        }
    }

    @Test("A store that refuses is tried again in a minute, and never ends the loop")
    func storeRefuses() async throws {
        let test = try await machine()
        try await test.machine.store.write { try $0.connection.execute(Self.stop("INSERT ON issuance")) }
        test.clock.advance(minutes: 60)
        await #expect(throws: MachineError(.storage, "")) { try await test.machine.tick() }
        #expect(try await test.machine.history().isEmpty, "nothing of it was written")
        try await looping(test) {
            try await until { test.clock.sleepers == 1 }
            try await test.machine.store.write { try $0.connection.execute("DROP TRIGGER stop") }
            test.clock.advance(minutes: 1)
            try await until { try await test.machine.currentIssuance()?.state == .succeeded }
        }
        #expect(test.server.requests.count == 1)
    }

    @Test("I7: a certificate that could not be stored is stored a minute later, by itself")
    func certificateNotStored() async throws {
        let test = try await machine()
        try await test.machine.store.write {
            try $0.connection.execute(Self.stop("UPDATE OF certificate ON key"))
        }
        try await test.tick(afterMinutes: 60)
        #expect(try await test.machine.currentIssuance()?.state == .waiting)
        try await test.tick()
        #expect(try await test.machine.currentIssuance()?.state == .waiting)
        try await test.machine.store.write { try $0.connection.execute("DROP TRIGGER stop") }
        try await test.tick(afterMinutes: 1)
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
        #expect(test.server.requests.count == 1)
        #expect(try await test.machine.status().errors.isEmpty)
    }

    @Test("I7: an end that could not be stored is made up for a minute later, by itself")
    func endNotStored() async throws {
        let test = try await machine()
        try await test.machine.store.write {
            try $0.connection.execute(Self.stop("UPDATE ON issuance WHEN new.state <> 'running'"))
        }
        test.server.answer(.deferRequest)
        try await test.tick(afterMinutes: 60)
        let progress = try #require(try await test.machine.currentIssuance())
        #expect((progress.state, progress.history?.cause) == (.waiting, .storageFailed))
        try await test.tick()
        #expect(test.server.requests.count == 1)
        try await test.machine.store.write { try $0.connection.execute("DROP TRIGGER stop") }
        try await test.tick(afterMinutes: 1)
        #expect(test.server.kinds == [.enrolment, .poll])
        #expect(try await test.machine.currentIssuance()?.state == .polling)
    }
}
