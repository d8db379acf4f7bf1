import FoundationEssentials
import Glibc
import HTTP
import Logging
import PKI
import SCEP
import Synchronization

@testable import Machine

/// A machine in a folder of its own, with everything around it in the test's hands.
final class TestMachine: Sendable {
    let folder: String
    let clock: TestClock
    let server: TestServer
    let zone: Zone
    let restarts = RestartCounter()
    let configuration: MachineConfiguration
    private let ownsFolder: Bool
    private let running: Mutex<Machine?>

    static let manager = Administrator(name: "admin", role: .systemManager, remoteAddress: "192.0.2.7")
    static let id = "admin"
    static let pin = "correct horse battery"

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// - Parameter folder: one with a `data` folder to go on with; a new one after its first start by default.
    init(
        folder: String? = nil, clock: TestClock = TestClock(), server: TestServer = TestServer(), keyLimit: Int = 8,
        legacyMode: Bool = false, zone: Zone = .fixed(seconds: 0)
    ) async throws {
        self.folder = folder ?? Self.newFolder()
        ownsFolder = folder == nil
        self.clock = clock
        self.server = server
        self.zone = zone
        if folder == nil { try await FirstStart.shared.copy(to: self.folder + "/data") }
        configuration = MachineConfiguration(
            dataDirectory: self.folder + "/data", keyLimit: keyLimit, legacyMode: legacyMode)
        running = Mutex(nil)
        try await start()
    }

    deinit { if ownsFolder { try? FileManager.default.removeItem(atPath: folder) } }

    var machine: Machine {
        guard let machine = running.withLock({ $0 }) else { preconditionFailure("the machine is off") }
        return machine
    }

    /// Starts the machine as the program does.
    func start() async throws {
        let machine = try await Machine(
            configuration: configuration, environment: environment,
            logger: Self.logger)
        try await machine.putPendingKeysInService()
        _ = try await machine.tlsIdentity()
        try await machine.deleteOldKeys()
        try await machine.resumeIssuances()
        running.withLock { $0 = machine }
    }

    func stop() { running.withLock { $0 = nil } }

    func restart() async throws {
        await machine.waitForIssuances()
        stop()
        try await start()
    }

    var environment: MachineEnvironment {
        let server = server
        return MachineEnvironment(
            restartAction: restarts, clock: clock, zone: zone,
            transport: { _ in TestTransport(server: server) },
            resolver: TestResolver(), hostName: "printer.example",
            addresses: { [] })
    }

    /// Leaves no room for another audit entry.
    func fillDisk() async throws {
        try await machine.store.write { try $0.connection.execute("PRAGMA max_page_count = 1") }
        for length in [300, 0] {
            let detail = String(repeating: "x", count: length)
            while (try? await machine.audit(.start, detail: detail, by: .machine)) != nil {}
        }
    }

    func makeRoom() async throws {
        try await machine.store.read { try $0.connection.execute("PRAGMA max_page_count = 1000000") }
    }

    /// Names the server, and accepts its CA unless told otherwise.
    func configure(accept: Bool = true) async throws {
        let form = CommunicationSettings.Form(
            scepServerURL: "http://ca.example/scep", portNumber: "80", communicationTimeout: "30",
            caFingerprint: accept ? server.fingerprint.text : "")
        _ = try await machine.updateCommunicationSettings(form.validated(), by: Self.manager)
    }

    func setUp() async throws {
        let code = try machine.setUpCode() ?? ""
        try await machine.setUp(
            SetUpForm(code: code, systemManagerID: Self.id, pin: Self.pin, pinAgain: Self.pin), from: "192.0.2.7")
    }

    /// Sends a request and waits for its end.
    @discardableResult
    func request(_ name: String = "tls-key", use: String = "tls") async throws -> IssuanceProgress? {
        let id = try await machine.beginIssuance(
            Self.request(name, use: use), to: try await destination(), by: Self.manager)
        await machine.waitForIssuances()
        return try await machine.issuance(id)
    }

    /// Switches the timer on an hour before the start, with three polls five minutes apart; the schedule begins anew.
    func schedule(_ change: @Sendable (inout AutoRequestSettings) -> Void = { _ in }) async throws {
        var settings = AutoRequestSettings()
        settings.isTimerEnabled = true
        settings.start = LocalDateTime(clock.now() + 3600, zone: environment.zone)
        settings.isPollingEnabled = true
        settings.pollingTimes = 3
        settings.pollingInterval = 5
        settings.key = AutoRequestKey(
            keyName: "auto", organization: "Example", commonName: "printer.example", use: .tls)
        change(&settings)
        try await machine.store.write { [settings] tables in
            try tables.settings.set(.autoRequest, settings)
            try tables.settings.set(.autoRequestSchedule, AutoRequestSchedule())
            try tables.setChallengePassword(Secret(TestServer.challenge))
        }
    }

    /// Changes settings and nothing else, as between two polls.
    func change(_ change: @escaping @Sendable (inout AutoRequestSettings) -> Void) async throws {
        try await machine.store.write { tables in
            var settings = try tables.settings.autoRequestSettings
            change(&settings)
            try tables.settings.set(.autoRequest, settings)
        }
    }

    /// Types a challenge password for automatic requests, or removes the stored one, and changes nothing else.
    func type(challenge: String) async throws {
        var form = AutoRequestSettings.Form(try await machine.autoRequestSettings())
        form.changesChallengePassword = true
        form.key.challengePassword = Secret(challenge)
        _ = try await machine.updateAutoRequestSettings(form, by: Self.manager)
    }

    /// Does what is due after so many minutes, and waits for its end.
    @discardableResult
    func tick(afterMinutes minutes: Double = 0) async throws -> Date? {
        if minutes > 0 { clock.advance(minutes: minutes) }
        let next = try await machine.tick()
        await machine.waitForIssuances()
        return next
    }

    /// What a page that confirms a request would show at this moment.
    func destination() async throws -> IssuanceDestination {
        let settings = try await machine.communicationSettings()
        let accepted = try await machine.acceptedAuthority()?.fingerprint
        return IssuanceDestination(
            server: try settings?.server ?? ServerURL(url: "http://ca.example/scep", port: 80),
            authority: accepted ?? settings?.caFingerprint ?? server.fingerprint)
    }

    static func request(_ name: String = "tls-key", use: String = "tls") throws -> IssuanceRequest {
        try IssuanceRequest.Form(
            keyName: name, organization: "Example", commonName: "printer.example",
            challengePassword: Secret(TestServer.challenge), keyUseLocation: use
        ).validated(legacyMode: false)
    }

    static func newFolder() -> String {
        var template = Array("/tmp/machine-test-XXXXXX".utf8CString)
        return mkdtemp(&template).map { String(cString: $0) } ?? "/tmp/machine-test"
    }
}

/// Counts restarts instead of doing them.
final class RestartCounter: RestartAction {
    private let calls = Mutex(0)
    private let failure = Mutex<MachineError?>(nil)
    private let (asked, ask) = AsyncStream<Void>.makeStream()
    var count: Int { calls.withLock { $0 } }

    /// What the restarts from now on end with.
    func fail(_ error: MachineError?) { failure.withLock { $0 = error } }

    /// Returns after the first restart.
    func wait() async { for await _ in asked { return } }

    func restart() async throws {
        calls.withLock { $0 += 1 }
        ask.yield()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}

/// Resolves every name but `unknown.example`.
struct TestResolver: Resolver {
    func addresses(of host: String, port: UInt16) async throws(HTTPError) -> [SocketAddress] {
        guard host != "unknown.example", let address = SocketAddress(literal: "192.0.2.1", port: port) else {
            throw HTTPError(.resolve, "unknown")
        }
        return [address]
    }
}
