import FoundationEssentials
import PKI
import Testing

@testable import Machine

@Suite("Power cuts") struct CrashTests {
    @Test(
        "I7: a power cut at any step of an issuance loses no key and no issued certificate, and the history is true",
        arguments: [TestServer.Answer.issue, .deferRequest, .refuse(2), .loseReply])
    func everyStep(answer: TestServer.Answer) async throws {
        let server = TestServer()
        let snapshots = Snapshots(server: server)
        let test = try await TestMachine(clock: snapshots.clock(), server: server)
        try await test.configure()
        snapshots.begin(test.configuration.dataDirectory)
        server.answer(answer)
        let progress = try await test.request()
        if answer.keepsTransaction, let id = progress?.id {
            server.answer(.issue)
            try await test.machine.checkAgain(id, by: TestMachine.manager)
            await test.machine.waitForIssuances()
        }
        snapshots.take()
        snapshots.end()
        #expect(snapshots.all.count > 8)

        for (number, snapshot) in snapshots.all.enumerated() {
            let issued = snapshot.server.issued
            snapshot.server.answer(answer.refuses ? answer : .issue)
            let after = try await TestMachine(folder: snapshot.folder, server: snapshot.server)
            await after.machine.waitForIssuances()
            var progress = try await after.machine.currentIssuance()
            if let open = progress, open.state == .waiting {
                try await after.machine.checkAgain(open.id, by: TestMachine.manager)
                await after.machine.waitForIssuances()
                progress = try await after.machine.currentIssuance()
            }
            let key = try await after.machine.key(named: "tls-key")
            let entry = try await after.machine.history().first
            switch (progress?.state, answer) {
            case (nil, _):
                // Before the request began.
                #expect(entry == nil && key == nil && issued.isEmpty, "snapshot \(number)")
            case (.succeeded, _):
                #expect(entry?.status == .successful, "snapshot \(number)")
                let state = key?.state
                #expect(state == .restartPending || state == .inUse, "snapshot \(number)")
                #expect(key?.certificate.map(snapshot.server.issued.contains) == true, "snapshot \(number)")
                #expect(issued.isEmpty || issued == snapshot.server.issued, "snapshot \(number)")
            case (.waiting, .refuse):
                // It may have been sent before the power cut, so that the refusal is no proof that nothing was issued.
                #expect(key?.state == .waitingForCertificate, "snapshot \(number)")
                #expect(entry?.cause == .refusedByServer && entry?.openIssuance != nil, "snapshot \(number)")
            case (.failed, .refuse), (.failed, .issue), (.failed, .deferRequest), (.failed, .loseReply):
                // Either the key had not been stored, or the server refused.
                let expected: IssuanceCause = entry?.cause == .interrupted ? .interrupted : .refusedByServer
                #expect(entry?.cause == expected && key == nil, "snapshot \(number)")
                if expected == .interrupted { #expect(issued.isEmpty, "snapshot \(number)") }
                if expected == .refusedByServer { #expect(answer.refuses, "snapshot \(number)") }
            default:
                Issue.record("snapshot \(number) ends \(String(describing: progress?.state))")
            }
            #expect(try await after.machine.firstAlteredAuditEntry() == nil)
        }
    }

    @Test("I7: a request interrupted before its key was stored is an error with its own cause")
    func beforeKey() async throws {
        let test = try await TestMachine()
        try await test.machine.store.write { tables in
            let number = try tables.history.add(keyName: "lost", status: .processing, at: TestClock.start)
            _ = try tables.issuances.create(keyName: "lost", use: .tls, historyNumber: number, at: TestClock.start)
        }
        try await test.restart()
        let entry = try #require(try await test.machine.history().first)
        #expect((entry.status, entry.details, entry.cause) == (.error, .communicationError, .interrupted))
        let progress = try #require(try await test.machine.currentIssuance())
        #expect((progress.state, progress.isKeyStored) == (.failed, false))
        #expect(test.server.operations.isEmpty)
    }

    @Test("A second process on the same folder is turned away")
    func lock() async throws {
        let test = try await TestMachine()
        await #expect(throws: MachineError(.dataDirectoryInUse, "")) { try await TestMachine(folder: test.folder) }
    }

    @Test("A lost or foreign machine key stops the start with its reason instead of losing every key")
    func machineKey() async throws {
        let test = try await TestMachine()
        test.stop()
        let path = test.configuration.dataDirectory + "/machine-key"
        try Data(repeating: 7, count: 32).write(to: URL(filePath: path))
        await #expect(throws: MachineError(.machineKey, "")) { try await test.start() }
        try FileManager.default.removeItem(atPath: path)
        await #expect(throws: MachineError(.machineKey, "")) { try await test.start() }
    }

    @Test("A store of a newer version is not touched")
    func newerStore() async throws {
        let test = try await TestMachine()
        try await test.machine.store.write { try $0.connection.execute("PRAGMA user_version = 99") }
        test.stop()
        await #expect(throws: MachineError(.storageTooNew, "")) { try await test.start() }
    }
}

extension TestServer.Answer {
    fileprivate var refuses: Bool { if case .refuse = self { true } else { false } }
    fileprivate var keepsTransaction: Bool {
        switch self {
        case .deferRequest, .loseReply: true
        default: false
        }
    }
}
