import FoundationEssentials
import Logging
import PKI
import SCEP
import Testing

@testable import PracticeCA

@Suite("The server on loopback")
struct PracticeServerTests {
    private let temporary = TemporaryFolder()

    private func makeServer(_ adjust: (inout ServiceConfiguration) -> Void = { _ in }) throws -> PracticeServer {
        var configuration = ServiceConfiguration(dataFolder: temporary.path, challenge: "word")
        adjust(&configuration)
        return try PracticeServer(configuration, environment: environment, logger: Logger(label: "test"))
    }

    private var environment: ServiceEnvironment {
        var environment = ServiceEnvironment()
        environment.now = { noon }
        environment.makeKey = Keys.forAuthority
        return environment
    }

    /// Runs the server for as long as the body takes.
    private func serving<Result>(
        _ server: PracticeServer, _ body: (SCEP.Client) async throws -> Result
    ) async throws -> Result {
        let running = Task { try await server.run() }
        defer { running.cancel() }
        let path = try #require(server.url.split(separator: "\(server.port)").last)
        let address = try ServerURL(url: "http://127.0.0.1\(path)", port: Int(server.port))
        let result = try await body(SCEP.Client(transport: HTTPTransport(server: address)))
        running.cancel()
        try await running.value
        return result
    }

    /// Far away: a machine that runs many tests at once is slow, and no test waits for it.
    private var deadline: ContinuousClock.Instant { .now + .seconds(180) }

    @Test("It says where it is and who it is, and answers there", arguments: Profile.allCases)
    func address(profile: Profile) async throws {
        let server = try makeServer { $0.profile = profile }
        #expect(server.url == "http://127.0.0.1:\(server.port)\(profile.path)")
        #expect(server.fingerprint == Fingerprint(of: server.authority).text)
        let authority = try await serving(server) { client in
            try await client.authority(
                capabilities: client.capabilities(deadline: deadline), trust: .unconfirmed, now: noon,
                deadline: deadline)
        }
        #expect(authority.caCertificate == server.authority)
    }

    @Test("C5: a connection closed without a byte")
    func closed() async throws {
        let server = try makeServer { $0.faults = [.closeConnection] }
        let error = await #expect(throws: SCEPError.self) {
            try await serving(server) { client in
                let capabilities = try await client.capabilities(deadline: deadline)
                #expect(capabilities.source == .closed)
                _ = try await client.authority(
                    capabilities: capabilities, trust: .unconfirmed, now: noon, deadline: deadline)
            }
        }
        #expect(error?.code == .transport(.closed))
    }

    @Test(
        "R17, P5: a reply that is cut off or reset in the middle; without the fault the same bytes get the certificate",
        arguments: [Fault.truncatedReply, .resetConnection])
    func cutOff(fault: Fault) async throws {
        let key = try Keys.device.get()
        let transaction = try await serving(makeServer { $0.faults = [fault] }) { client in
            let authority = try await client.authority(
                capabilities: client.capabilities(deadline: deadline), trust: .unconfirmed, now: noon,
                deadline: deadline)
            var transaction = try SCEP.Transaction(
                csr: makeRequest(key: key), key: key, server: ServerURL(url: "http://ca.example/scep", port: 80),
                now: noon, random: SystemRandom())
            try transaction.adopt(authority, accepted: authority.fingerprint)
            let message = try transaction.makeRequest(key: key, random: SystemRandom())
            do throws(SCEPError) {
                _ = try await client.send(message, deadline: deadline)
                Issue.record("the whole reply came")
            } catch {
                #expect(error == SCEPError(.transport(.closed), "", requestMayHaveArrived: true))
                #expect(error.isCommunicationError)
            }
            return transaction
        }
        let issued = try EnrolmentBook(temporary.open()).issued()
        #expect(issued.map(\.transactionID) == [transaction.id.text])
        let outcome = try await serving(makeServer()) { client in
            var transaction = transaction
            let message = try transaction.makeRequest(key: key, random: SystemRandom())
            return try transaction.receive(await client.send(message, deadline: deadline), key: key, now: noon)
        }
        guard case .issued(let certificate) = outcome else {
            Issue.record("not issued: \(outcome)")
            return
        }
        #expect(certificate.certificate.matches(key))
        #expect(try EnrolmentBook(temporary.open()).issued() == issued)
    }

    @Test("R22: a reply that drips is whole in the end")
    func drip() async throws {
        let server = try makeServer {
            $0.faults = [.slowDrip]
            $0.dripPause = .zero
        }
        let capabilities = try await serving(server) { try await $0.capabilities(deadline: deadline) }
        #expect(capabilities.isStandard)
    }

    @Test("R22: a reply that drips too slowly runs into the client's deadline")
    func slowDrip() async throws {
        let server = try makeServer { $0.faults = [.slowDrip] }
        let capabilities = try await serving(server) { client in
            try await client.capabilities(deadline: .now + .milliseconds(300))
        }
        #expect(capabilities.source == .timedOut)
    }

    @Test("Two servers do not serve from one folder")
    func oneServer() throws {
        let first = try makeServer()
        #expect(throws: PracticeCAError(.inUse, "")) { try makeServer() }
        withExtendedLifetime(first) {}
    }

    @Test("A second start has the same CA")
    func sameAuthority() throws {
        let first = try makeServer().fingerprint
        #expect(try makeServer().fingerprint == first)
    }

    @Test("A word that was spent is not the challenge after a restart")
    func spentWord() throws {
        let folder = try temporary.open()
        var book = try ChallengeBook(folder, word: "word", isOneTime: true, random: SystemRandom())
        let next = try book.spend()
        #expect(try makeServer { $0.profile = .ndes }.challenge == next)
    }

    @Test("Certificates are issued for the days that were asked for, and for no impossible number of them")
    func validity() throws {
        for days in [0, -1, 3651] {
            #expect(throws: PracticeCAError(.invalidOption, "")) { try makeServer { $0.validityDays = days } }
        }
        let desk = try PracticeServer.responder(
            {
                var configuration = ServiceConfiguration(dataFolder: temporary.path, challenge: "word")
                configuration.validityDays = 2
                return configuration
            }(), folder: temporary.open(), environment: environment, logger: Logger(label: "test")
        ).desk
        let key = try Keys.device.get()
        let decision = try desk.enrol(
            transactionID: "T1", request: makeRequest(key: key), requester: makeRequester(key: key), type: .pkcsReq)
        guard case .issued(let certificate) = decision else {
            Issue.record("not issued")
            return
        }
        #expect(certificate.notAfter.timeIntervalSince(certificate.notBefore) == 2 * 86400)
    }

    @Test("An address that cannot be listened on is refused", arguments: [[], [Fault.slowDrip]])
    func badAddress(faults: [Fault]) throws {
        for address in ["localhost", "", "127.0.0.256"] {
            #expect(throws: PracticeCAError(.network, "")) {
                try makeServer {
                    $0.address = address
                    $0.faults = Set(faults)
                }
            }
        }
    }
}
