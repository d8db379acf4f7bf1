import SCEP
import Testing

@testable import Machine

/// Another session changes the settings between the page that confirms a request and its [OK] (TM-31).
@Suite("C4: a request goes where the confirmation said, or nowhere") struct DestinationTests {
    private static let stranger = String(repeating: "ab", count: 32)

    @Test(
        "C4: a request confirmed for an accepted CA is not sent when server, port or CA are others by then",
        arguments: [
            ("http://evil.example/scep", "80", stranger), ("http://evil.example/scep", "80", ""),
            ("http://ca.example/scep", "8080", stranger), ("http://ca.example/scep", "80", stranger),
        ])
    func changed(url: String, port: String, fingerprint: String) async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await refused(test, .settingsChanged) {
            try await set(test, url, port, fingerprint)
        }
    }

    @Test("C4: the CA of another server is as little good, though it is the very CA that was confirmed")
    func sameAuthority() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await refused(test, .settingsChanged) {
            try await set(test, "http://evil.example/scep", "80", test.server.fingerprint.text)
        }
    }

    @Test("C4: a request confirmed together with its CA is not sent to another server", arguments: ["", stranger])
    func changedBeforeAcceptance(fingerprint: String) async throws {
        let test = try await TestMachine()
        try await test.configure(accept: false)
        try await refused(test, .settingsChanged) {
            try await set(test, "http://evil.example/scep", "80", fingerprint)
        }
        #expect(try await test.machine.acceptedAuthority() == nil)
    }

    @Test("C6: a request confirmed for one CA is not sent after another was accepted", arguments: [true, false])
    func otherAuthority(isAccepted: Bool) async throws {
        let test = try await TestMachine()
        try await test.configure(accept: isAccepted)
        try await refused(test, .settingsChanged) {
            try test.server.replaceCA()
            try await set(test, "http://ca.example/scep", "80", "")
            try await test.machine.testConnection(by: TestMachine.manager)
            await test.machine.waitForConnectionTest()
            let former = try await test.machine.acceptedAuthority()?.fingerprint
            try await test.machine.acceptAuthority(
                test.server.fingerprint, replacing: former, by: TestMachine.manager)
        }
    }

    @Test("C6: a confirmation that accepts nothing does not bring back a CA that was dropped meanwhile")
    func dropped() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await refused(test, .authorityNotAccepted) {
            try await set(test, "http://evil.example/scep", "80", "")
            try await test.configure(accept: false)
            try await test.machine.testConnection(by: TestMachine.manager)
            await test.machine.waitForConnectionTest()
        }
        #expect(try await test.machine.acceptedAuthority() == nil)
    }

    @Test("C4: settings changed while the CA is looked up refuse the request")
    func changedDuringLookUp() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let (hook, store) = (Hook(), test.configuration.dataDirectory + "/machine.sqlite")
        test.server.hook.withLock { $0 = { if $0 == "GetCACert" { hook.call() } } }
        let other = CommunicationSettings(
            server: try ServerURL(url: "http://evil.example/scep", port: 80), caFingerprint: test.server.fingerprint)
        hook.next { try SettingTable(connection: Connection(path: store)).set(.communication, other) }
        await #expect(throws: IssuanceRefusal.settingsChanged) {
            try await test.machine.prepareIssuance(try TestMachine.request(), by: TestMachine.manager)
        }
        #expect(try await test.machine.acceptedAuthority() == nil)
    }

    @Test("C4: the same settings again, or another timeout, do not disturb the request")
    func unchanged() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let request = try TestMachine.request()
        let shown = try await test.machine.prepareIssuance(request, by: TestMachine.manager)
        try await set(test, "http://ca.example/scep", "80", test.server.fingerprint.text, timeout: "60")
        let id = try await test.machine.beginIssuance(request, to: shown.destination, by: TestMachine.manager)
        await test.machine.waitForIssuances()
        #expect(try await test.machine.issuance(id)?.state == .succeeded)
    }

    @Test(
        "C4: the challenge password stays here when server or CA are changed while the key is made",
        arguments: [(true, true), (true, false), (false, true)])
    func changedDuringKeyGeneration(isOtherServer: Bool, isAgreed: Bool) async throws {
        let test = try await TestMachine()
        try await test.configure()
        let agreed = try await test.destination()
        let id = try await test.machine.store.write { tables in
            let number = try tables.history.add(keyName: "tls-key", status: .processing, at: TestClock.start)
            return try tables.issuances.create(
                keyName: "tls-key", use: .tls, historyNumber: number, at: TestClock.start)
        }
        let attempt = IssuanceAttempt(
            id: id, store: test.machine.store, environment: test.environment, configuration: test.configuration,
            administrator: TestMachine.manager)
        try await attempt.makeKey(try TestMachine.request(), server: agreed.server)
        // Whoever stands on the way answers for the confirmed server with the CA that was put in its place.
        try test.server.replaceCA()
        let url = isOtherServer ? "http://evil.example/scep" : "http://ca.example/scep"
        try await set(test, url, "80", test.server.fingerprint.text)
        await #expect(throws: SCEPError.self) {
            try await attempt.exchange(agreed: isAgreed ? agreed.authority : nil)
        }
        #expect(test.server.operations.contains("GetCACert"))
        #expect(test.server.requests.isEmpty)
    }

    /// Nothing is sent, made or begun when `change` comes between the confirmation and its [OK].
    private func refused(
        _ test: TestMachine, _ refusal: IssuanceRefusal, after change: () async throws -> Void
    ) async throws {
        let request = try TestMachine.request()
        let shown = try await test.machine.prepareIssuance(request, by: TestMachine.manager)
        try await change()
        let before = test.server.operations
        await #expect(throws: refusal) {
            try await test.machine.beginIssuance(request, to: shown.destination, by: TestMachine.manager)
        }
        await test.machine.waitForIssuances()
        #expect(test.server.operations == before)
        #expect(try await test.machine.currentIssuance() == nil)
        #expect(try await test.machine.key(named: "tls-key") == nil)
    }

    private func set(
        _ test: TestMachine, _ url: String, _ port: String, _ fingerprint: String, timeout: String = "30"
    ) async throws {
        let form = CommunicationSettings.Form(
            scepServerURL: url, portNumber: port, communicationTimeout: timeout, caFingerprint: fingerprint)
        _ = try await test.machine.updateCommunicationSettings(form.validated(), by: TestMachine.manager)
    }
}
