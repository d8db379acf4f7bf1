import FoundationEssentials
import PKI
import SCEP
import Testing

/// One enrolment or renewal against a peer, step by step as the machine takes it.
struct Enrolment {
    /// The one that signs the messages: the request's own, or that of the certificate which is renewed.
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
        let csr = try Self.request(commonName: commonName, key: key, challenge: challenge ?? Peer.challenge)
        let transaction = try Transaction(
            csr: csr, key: key, server: peer.server(), now: Date(), random: SystemRandom())
        try await self.init(transaction, key: key, method: method)
    }

    /// Looks the authority up again and begins the renewal of a certificate.
    /// - Parameter challenge: none is sent when nil.
    init(
        at peer: Peer, renewing certificate: Certificate, of oldKey: PrivateKey, for newKey: PrivateKey,
        by method: RenewalMethod, challenge: String?
    ) async throws {
        let commonName = try #require(certificate.subject.commonName)
        let csr = try Self.request(commonName: commonName, key: newKey, challenge: challenge)
        let transaction = try Transaction(
            csr: csr, renewing: certificate, key: oldKey, method: method, server: peer.server(), now: Date())
        try await self.init(transaction, key: oldKey, method: nil)
    }

    private init(_ transaction: Transaction, key: PrivateKey, method: AlgorithmChoice.Method?) async throws {
        self.key = key
        self.transaction = transaction
        client = Client(transport: HTTPTransport(server: transaction.server))
        let capabilities = try await client.capabilities(deadline: Self.deadline)
        authority = try await client.authority(
            capabilities: capabilities, trust: .unconfirmed, now: Date(), deadline: Self.deadline)
        try self.transaction.adopt(
            authority, accepted: authority.fingerprint, choice: capabilities.choice(method: method))
    }

    private static func request(
        commonName: String, key: PrivateKey, challenge: String?
    ) throws -> CertificateRequest {
        let subjectAltNames: [GeneralName] = [GeneralName(commonName: commonName), .dns("printer.example.com")]
        return try CertificateRequest(
            subject: Name(organization: "Example", commonName: commonName), key: key, digest: .sha256,
            challengePassword: challenge, subjectAltNames: subjectAltNames)
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
