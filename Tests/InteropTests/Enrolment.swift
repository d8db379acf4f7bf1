import FoundationEssentials
import PKI
import SCEP

/// One enrolment against a peer, step by step as the machine takes it.
struct Enrolment {
    let key: PrivateKey
    let client: Client
    let authority: Authority
    private(set) var transaction: Transaction
    private let random = SystemRandom()

    /// Looks the authority up and begins a transaction.
    init(
        at peer: Peer, commonName: String, key: PrivateKey, challenge: String? = nil,
        method: AlgorithmChoice.Method? = nil
    ) async throws {
        let server = try peer.server()
        let subjectAltNames: [GeneralName] = [GeneralName(commonName: commonName), .dns("printer.example.com")]
        let csr = try CertificateRequest(
            subject: Name(organization: "Example", commonName: commonName), key: key, digest: .sha256,
            challengePassword: challenge ?? Peer.challenge, subjectAltNames: subjectAltNames)
        self.key = key
        client = Client(transport: HTTPTransport(server: server))
        let capabilities = try await client.capabilities(deadline: Self.deadline)
        authority = try await client.authority(
            capabilities: capabilities, trust: .unconfirmed, now: Date(), deadline: Self.deadline)
        transaction = try Transaction(csr: csr, key: key, server: server, now: Date(), random: random)
        try transaction.adopt(
            authority, accepted: authority.fingerprint, choice: capabilities.choice(method: method))
    }

    /// Sends the request and gives the reply as it came.
    mutating func send() async throws -> TransportReply {
        let message = try transaction.makeRequest(key: key, random: random)
        return try await client.send(message, deadline: Self.deadline)
    }

    mutating func receive(_ reply: TransportReply, policy: ReplyPolicy = ReplyPolicy()) throws(SCEPError) -> Outcome {
        try transaction.receive(reply, key: key, policy: policy, now: Date())
    }

    /// The whole exchange.
    mutating func enrol() async throws -> Outcome {
        let reply = try await send()
        return try receive(reply)
    }

    private static var deadline: ContinuousClock.Instant { .now + .seconds(30) }
}
