import Synchronization

@testable import SCEP

/// A transport without a network: answers what the test says and keeps what it was asked.
final class InMemoryServer: Transport {
    struct Exchange: Sendable {
        let operation: TransportOperation
        let method: AlgorithmChoice.Method
        let message: String?
        let body: [UInt8]
        let deadline: ContinuousClock.Instant
    }

    private let answer: @Sendable (Exchange) throws(SCEPError) -> TransportReply
    private let log = Mutex<[Exchange]>([])

    init(_ answer: @escaping @Sendable (Exchange) throws(SCEPError) -> TransportReply) { self.answer = answer }

    /// A server that answers GetCACert with this body.
    convenience init(authority body: [UInt8], contentType: String? = "application/x-x509-ca-ra-cert") {
        self.init { _ throws(SCEPError) in TransportReply(status: 200, contentType: contentType, body: body) }
    }

    var exchanges: [Exchange] { log.withLock { $0 } }

    func get(
        _ operation: TransportOperation, message: String?, deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        try reply(Exchange(operation: operation, method: .get, message: message, body: [], deadline: deadline))
    }

    func post(
        _ operation: TransportOperation, body: [UInt8], deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        try reply(Exchange(operation: operation, method: .post, message: nil, body: body, deadline: deadline))
    }

    private func reply(_ exchange: Exchange) throws(SCEPError) -> TransportReply {
        log.withLock { $0.append(exchange) }
        return try answer(exchange)
    }
}
