import SCEP
import Testing

@testable import Machine

@Suite("Accepting the CA") struct AuthorityTests {
    @Test("C5: the connection test shows step by step what the server is, and sends no request")
    func connectionTest() async throws {
        let test = try await TestMachine()
        await #expect(throws: CommunicationRefusal.notConfigured) {
            try await test.machine.testConnection(by: TestMachine.manager)
        }
        try await test.configure(accept: false)
        let result = try await run(test)
        #expect(result.steps.map(\.kind) == ConnectionTest.Kind.allCases)
        #expect(result.steps.allSatisfy { $0.state == .done })
        #expect(result.steps.first?.detail == "192.0.2.1")
        #expect(result.authority?.fingerprint == test.server.fingerprint)
        #expect(result.authority?.capabilities == ["AES", "POSTPKIOperation", "SHA-256"])
        #expect(!result.isAccepted)
        #expect(test.server.operations == ["GetCACaps", "GetCACert"])
    }

    @Test("C5: a wrong path shows the status that came instead of capabilities")
    func wrongPath() async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        test.server.answerGets(with: TransportReply(status: 404, body: [UInt8]("Not found".utf8)))
        let result = try await run(test)
        #expect(result.steps.first { $0.kind == .capabilities }?.detail == "HTTP 404")
        #expect(result.steps.first { $0.kind == .authority }?.state == .failed)
        #expect(result.httpStatus == 404)
    }

    @Test("I2: the step of a request says which status came instead of capabilities, before what is used by default")
    func noCapabilities() async throws {
        let test = try await TestMachine()
        try await test.configure()
        _ = try await test.machine.prepareIssuance(try TestMachine.request(), by: TestMachine.manager)
        test.server.answerGets(with: TransportReply(status: 500, body: []))
        let steps = try #require(try await test.request()).steps
        let detail = try #require(steps.first { $0.kind == .capabilities }?.detail)
        #expect(detail.hasPrefix("HTTP 500; "))
        #expect(detail.contains("3DES"), "\(detail)")
    }

    @Test("C5: a web page with status 200 is no SCEP server, and 200 is not shown as an HTTP error")
    func webPage() async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        let page = [UInt8]("<!doctype html><html><title>Log in</title></html>".utf8)
        test.server.answerGets(with: TransportReply(status: 200, contentType: "text/html", body: page))
        let result = try await run(test)
        #expect((result.cause, result.httpStatus) == (.notSCEPServer, nil))
        #expect(result.steps.first { $0.kind == .connect }?.state == .done)
    }

    @Test(
        "C5: the step that fails is the one that is shown",
        arguments: [
            ("unknown.example", ConnectionTest.Kind.resolve, IssuanceCause.nameNotResolved),
            ("ca.example", .connect, .notConnected),
        ])
    func failures(host: String, kind: ConnectionTest.Kind, cause: IssuanceCause) async throws {
        let test = try await TestMachine()
        let form = CommunicationSettings.Form(
            scepServerURL: "http://\(host)/scep", portNumber: "80", communicationTimeout: "30", caFingerprint: "")
        _ = try await test.machine.updateCommunicationSettings(form.validated(), by: TestMachine.manager)
        test.server.setUnreachable(true)
        let result = try await run(test)
        #expect(result.cause == cause)
        #expect(result.steps.first { $0.state == .failed }?.kind == kind)
        #expect(result.steps.filter { $0.state == .running }.isEmpty)
    }

    @Test("C5: a server that takes the connection and answers nothing was reached: the capabilities are what failed")
    func silent() async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        test.server.failGets(with: SCEPError(.transport(.timedOut), "", wasConnected: true))
        let result = try await run(test)
        #expect(result.steps.map(\.state) == [.done, .done, .failed, .waiting])
        #expect(result.cause == .timedOut)
        test.server.failGets(with: SCEPError(.transport(.timedOut), "", wasConnected: false))
        #expect(try await run(test).steps.map(\.state) == [.done, .failed, .waiting, .waiting])
    }

    @Test("C5: a server that answers only GetCACert, and wrongly, failed there")
    func withoutCapabilities() async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        test.server.failGets(with: SCEPError(.transport(.closed), ""), only: .getCACaps)
        test.server.answerGets(with: TransportReply(status: 503, body: []))
        let result = try await run(test)
        #expect(result.steps.map(\.state) == [.done, .done, .done, .failed])
        #expect(result.httpStatus == 503)
    }

    @Test("C6: the CA that was shown is accepted by its fingerprint, and no other")
    func accept() async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        await #expect(throws: AuthorityRefusal.notShown) {
            try await test.machine.acceptAuthority(test.server.fingerprint, by: TestMachine.manager)
        }
        _ = try await run(test)
        let accepted = try await test.machine.acceptAuthority(test.server.fingerprint, by: TestMachine.manager)
        #expect((accepted.acceptedBy, accepted.acceptedAt) == ("admin", TestClock.start))
        #expect(await test.machine.connectionTest()?.isAccepted == true)
        try await test.restart()
        #expect(try await test.machine.acceptedAuthority() == accepted)
    }

    @Test("C6: another CA takes the place of the accepted one only where that one is named")
    func replace() async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        _ = try await run(test)
        let first = try await test.machine.acceptAuthority(test.server.fingerprint, by: TestMachine.manager)
        try test.server.replaceCA()
        #expect(try await run(test).isAccepted == false)
        let second = test.server.fingerprint
        let stranger = try Fingerprint(text: String(repeating: "ab", count: 32))
        for former in [nil, stranger, second] {
            await #expect(throws: AuthorityRefusal.otherAccepted) {
                try await test.machine.acceptAuthority(second, replacing: former, by: TestMachine.manager)
            }
            #expect(try await test.machine.acceptedAuthority() == first)
        }
        try await test.machine.acceptAuthority(second, replacing: first.fingerprint, by: TestMachine.manager)
        #expect(try await test.machine.acceptedAuthority()?.fingerprint == second)
        // What is accepted already needs no word about another.
        try await test.machine.acceptAuthority(second, by: TestMachine.manager)
    }

    @Test("C6: without an accepted CA the request is confirmed together with the CA that was looked up")
    func confirm() async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        let request = try TestMachine.request()
        let preparation = try await test.machine.prepareIssuance(request, by: TestMachine.manager)
        guard case .confirmAuthority(let shown, let server) = preparation else {
            Issue.record("nothing to confirm")
            return
        }
        #expect(server == (try await test.machine.communicationSettings()?.server))
        #expect(shown.fingerprint == test.server.fingerprint)
        #expect(try await test.machine.acceptedAuthority() == nil)
        let stranger = try Fingerprint(text: String(repeating: "ab", count: 32))
        await #expect(throws: IssuanceRefusal.authorityNotAccepted) {
            try await test.machine.beginIssuance(
                request, to: IssuanceDestination(server: server, authority: stranger, acceptsAuthority: true),
                by: TestMachine.manager)
        }
        let id = try await test.machine.beginIssuance(
            request, to: preparation.destination, by: TestMachine.manager)
        await test.machine.waitForIssuances()
        #expect(try await test.machine.issuance(id)?.state == .succeeded)
        #expect(try await test.machine.acceptedAuthority()?.fingerprint == shown.fingerprint)
    }

    @Test("C6: a fingerprint typed in advance accepts its CA by itself, and refuses another")
    func typed() async throws {
        let test = try await TestMachine()
        try await test.configure()
        guard case .ready = try await test.machine.prepareIssuance(try TestMachine.request(), by: TestMachine.manager)
        else {
            Issue.record("not accepted")
            return
        }
        let other = try await TestMachine()
        try await other.configure()
        try other.server.replaceCA()
        await #expect(throws: IssuanceRefusal.lookUpFailed(historyNumber: 1)) {
            try await other.machine.prepareIssuance(try TestMachine.request(), by: TestMachine.manager)
        }
        #expect(try await other.machine.history().first?.cause == .fingerprintMismatch)
        #expect(try await other.machine.acceptedAuthority() == nil)
    }

    @Test("C6: another CA than the accepted one is refused and reported; nothing was sent")
    func changed() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request("first")
        try test.server.replaceCA()
        let progress = try await test.request("second")
        #expect(progress?.state == .failed)
        #expect(progress?.history?.cause == .authorityChanged)
        #expect(test.server.requests.count == 1)
        #expect(try await test.machine.key(named: "second") == nil)
    }

    @Test("C6: a look-up that fails is in the history like a failed request")
    func lookUpFails() async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        test.server.setUnreachable(true)
        await #expect(throws: IssuanceRefusal.lookUpFailed(historyNumber: 1)) {
            try await test.machine.prepareIssuance(try TestMachine.request(), by: TestMachine.manager)
        }
        let entry = try #require(try await test.machine.historyEntry(1))
        #expect((entry.status, entry.details, entry.cause) == (.error, .communicationError, .notConnected))
    }

    @Test("C4: a CA typed in advance for one server is not accepted for another that takes its place meanwhile")
    func typedForTheOldServer() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let (hook, store) = (Hook(), test.configuration.dataDirectory + "/machine.sqlite")
        test.server.hook.withLock { $0 = { if $0 == "GetCACert" { hook.call() } } }
        let other = CommunicationSettings(server: try ServerURL(url: "http://other.example/scep", port: 80))
        hook.next { try SettingTable(connection: Connection(path: store)).set(.communication, other) }
        #expect(try await test.request()?.state == .succeeded)
        #expect(try await test.machine.communicationSettings() == other)
        #expect(try await test.machine.acceptedAuthority() == nil)
    }

    @Test("C4: a CA that the old server showed is not accepted for the new one")
    func otherServer() async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        _ = try await run(test)
        let form = CommunicationSettings.Form(
            scepServerURL: "http://evil.example/scep", portNumber: "80", communicationTimeout: "30", caFingerprint: "")
        _ = try await test.machine.updateCommunicationSettings(form.validated(), by: TestMachine.manager)
        #expect(await test.machine.connectionTest() == nil)
        await #expect(throws: AuthorityRefusal.notShown) {
            try await test.machine.acceptAuthority(test.server.fingerprint, by: TestMachine.manager)
        }
    }

    private func run(_ test: TestMachine) async throws -> ConnectionTest {
        try await test.machine.testConnection(by: TestMachine.manager)
        await test.machine.waitForConnectionTest()
        return try #require(await test.machine.connectionTest())
    }

    @Test("C5: a test whose audit entry cannot be written has not begun, and the next one runs")
    func notWrittenDown() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.fillDisk()
        await #expect(throws: MachineError(.storageFull, "")) {
            try await test.machine.testConnection(by: TestMachine.manager)
        }
        #expect(await test.machine.connectionTest() == nil)
        try await test.makeRoom()
        try await test.machine.testConnection(by: TestMachine.manager)
        await test.machine.waitForConnectionTest()
        #expect(await test.machine.connectionTest()?.isRunning == false)
    }
}
