import FoundationEssentials
import HTTP
import Logging
import PKI
import SCEP

@testable import PracticeCA

/// One machine that enrols by the product's engine at a practice CA in the same process.
struct Enrolment {
    /// Kept, because the folder goes with its last owner.
    private let temporary: TemporaryFolder
    let responder: SCEPResponder
    let client: SCEP.Client
    /// The CA of the data folder, which the machine's administrator has accepted.
    let accepted: Fingerprint
    let server: ServerURL

    init(_ temporary: TemporaryFolder, _ adjust: (inout ServiceConfiguration) -> Void = { _ in }) throws {
        self.temporary = temporary
        var configuration = ServiceConfiguration(dataFolder: temporary.path, challenge: "word")
        adjust(&configuration)
        let profile = configuration.profile
        var environment = ServiceEnvironment()
        environment.now = { noon }
        let keys = Counter()
        // The genuine CA's key first, for all of its certificates; then those of stand-ins.
        environment.makeKey = { () throws(PKIError) in
            try (keys.increment() <= (profile == .ndes ? 3 : 1) ? Keys.authority : Keys.other).get()
        }
        let folder = try StateFolder(path: configuration.dataFolder)
        accepted = try Fingerprint(
            of: CertificateAuthority(
                folder, profile: profile, now: noon, random: SystemRandom(), makeKey: environment.makeKey
            ).certificate)
        responder = try PracticeServer.responder(
            configuration, folder: folder, environment: environment, logger: Logger(label: "test"))
        client = SCEP.Client(transport: ResponderTransport(responder: responder, path: profile.path))
        server = try ServerURL(url: "http://ca.example\(profile.path)", port: 80)
    }

    /// A transaction that knows the authority.
    func begin(challenge: String? = "word", key: PrivateKey? = nil) async throws -> SCEP.Transaction {
        let key = try key ?? Keys.device.get()
        let deadline = ContinuousClock.now + .seconds(30)
        let capabilities = try await client.capabilities(deadline: deadline)
        let authority = try await client.authority(
            capabilities: capabilities, trust: .accepted(accepted), now: noon, deadline: deadline)
        var transaction = try SCEP.Transaction(
            csr: makeRequest(key: key, challenge: challenge), key: key, server: server, now: noon,
            random: SystemRandom())
        try transaction.adopt(authority, accepted: accepted)
        return transaction
    }

    /// A renewal, for the key ``Keys/other``, of a certificate that has been issued for ``Keys/device``.
    /// - Parameter approve: called when the first request waits.
    func beginRenewal(
        _ method: RenewalMethod, challenge: String?, approve: () throws -> Void = {}
    ) async throws -> SCEP.Transaction {
        var first = try await begin()
        var outcome = try await request(&first)
        if case .pending = outcome {
            try approve()
            outcome = try await poll(&first)
        }
        guard case .issued(let issued) = outcome, let authority = first.authority else {
            throw PracticeCAError(.noSuchRequest, "nothing was issued")
        }
        var renewal = try SCEP.Transaction(
            csr: makeRequest(key: Keys.other.get(), challenge: challenge), renewing: issued.certificate,
            key: Keys.device.get(), method: method, server: server, now: noon)
        try renewal.adopt(authority, accepted: accepted)
        return renewal
    }

    /// Sends the PKCSReq, again if it was sent before.
    func request(
        _ transaction: inout SCEP.Transaction, key: PrivateKey? = nil, policy: ReplyPolicy = ReplyPolicy()
    ) async throws -> Outcome {
        let key = try key ?? Keys.device.get()
        let message = try transaction.makeRequest(key: key, random: SystemRandom())
        let reply = try await client.send(message, deadline: ContinuousClock.now + .seconds(30))
        return try transaction.receive(reply, key: key, policy: policy, now: noon)
    }

    func poll(_ transaction: inout SCEP.Transaction) async throws -> Outcome {
        let message = try transaction.makePoll(key: Keys.device.get(), random: SystemRandom())
        let reply = try await client.send(message, deadline: ContinuousClock.now + .seconds(30))
        return try transaction.receive(reply, key: Keys.device.get(), now: noon)
    }
}
