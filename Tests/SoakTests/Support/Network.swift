import FoundationEssentials
import HTTP
import PKI
import SCEP
import Synchronization

@testable import PracticeCA

/// What lies between the machine and the CA. It draws a mishap for each message, and keeps what the machine is to be
/// measured by.
final class Network: Sendable {
    private struct State {
        var isOrderly = false
        /// The requests that the CA has, or may have as far as the machine can know, by transaction.
        var requests: [String: [UInt8]] = [:]
        /// Transactions whose certificate has come to the machine since it was last asked for.
        var read: Set<String> = []
        var problems: [String] = []
        var mishaps: [String: Int] = [:]
    }

    let ca: SimulatedCA
    private let time: SimulatedTime
    private let chance: Chance
    private let state = Mutex(State())

    init(ca: SimulatedCA, time: SimulatedTime, chance: Chance) {
        self.ca = ca
        self.time = time
        self.chance = chance
    }

    /// From now on nothing goes wrong.
    func calm() { state.withLock { $0.isOrderly = true } }

    /// The transactions whose certificate has come to the machine since the last call.
    func takeRead() -> Set<String> {
        state.withLock { state in
            defer { state.read = [] }
            return state.read
        }
    }

    var problems: [String] { state.withLock { $0.problems } }
    /// How often each kind of mishap happened to a message of a transaction.
    var mishaps: [String: Int] { state.withLock { $0.mishaps } }

    fileprivate func exchange(
        _ request: Request, _ message: [UInt8]?, _ power: Power
    ) async throws(SCEPError) -> TransportReply {
        power.moment()
        let header = message.flatMap { try? RequestHeader(ber: $0) }
        let mishap = state.withLock { $0.isOrderly } ? .none : Mishap.drawn(by: chance)
        if header != nil {
            state.withLock { $0.mishaps["\(mishap)".prefix { $0 != "(" }.description, default: 0] += 1 }
        }
        if power.isCut { throw SCEPError(.transport(.connect), "the power is off") }
        switch mishap {
        case .refused: throw SCEPError(.transport(.connect), "nobody listens")
        case .unknownName: throw SCEPError(.transport(.resolve), "no such name")
        default: note(header, message)
        }
        switch mishap {
        case .timedOutOnTheWay:
            throw SCEPError(.transport(.timedOut), "no answer", requestMayHaveArrived: header != nil)
        case .statusOnTheWay(let status): return TransportReply(status: status, body: [UInt8]("no".utf8))
        default: break
        }
        let reply = await ca.answer(request, mishap)
        // The reply is on its way; the machine may be gone before it has read it.
        power.moment()
        if power.isCut { throw SCEPError(.transport(.closed), "the power is off", requestMayHaveArrived: true) }
        switch mishap {
        case .lostReply: throw SCEPError(.transport(.closed), "cut off", requestMayHaveArrived: header != nil)
        case .timedOut: throw SCEPError(.transport(.timedOut), "too late", requestMayHaveArrived: header != nil)
        case .status(let status): return TransportReply(status: status, body: [UInt8]("no".utf8))
        case .garbage: return TransportReply(status: 200, body: [0x30, 0x03, 0x01, 0x02, 0x03])
        case .emptyReply: return TransportReply(status: 200, body: [])
        case .slow(let seconds): time.advance(seconds: Double(seconds))
        default: break
        }
        // One that has run out meanwhile is no certificate any more.
        if let id = header?.transactionID.text, !mishap.isRefusal,
            let certificate = try? ca.certificate(of: id), certificate.notAfter >= time.now
        {
            state.withLock { _ = $0.read.insert(id) }
        }
        return reply
    }

    /// P5: what may have arrived once goes again as the same bytes.
    private func note(_ header: RequestHeader?, _ message: [UInt8]?) {
        guard let header, let message, header.messageType != .certPoll else { return }
        state.withLock { state in
            let first = state.requests[header.transactionID.text] ?? message
            state.requests[header.transactionID.text] = first
            if first != message { state.problems.append("P5: other bytes for transaction \(header.transactionID)") }
        }
    }
}

extension Mishap {
    fileprivate var isRefusal: Bool { if case .failure = self { true } else { false } }
}

/// The way of one process to the CA.
struct NetworkTransport: Transport {
    let network: Network
    let power: Power

    func get(
        _ operation: TransportOperation, message: String?, deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        let query = "operation=\(operation.rawValue)" + (message.map { "&message=" + PercentCoding.encode($0) } ?? "")
        return try await network.exchange(
            Request(path: Profile.rfc.path, query: query), message.flatMap { Base64.decode($0) }, power)
    }

    func post(
        _ operation: TransportOperation, body: [UInt8], deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        try await network.exchange(
            Request(method: .post, path: Profile.rfc.path, query: "operation=\(operation.rawValue)", body: body), body,
            power)
    }
}
