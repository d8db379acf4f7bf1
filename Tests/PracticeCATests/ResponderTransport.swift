import HTTP
import HTTPTypes
import PKI
import SCEP

@testable import PracticeCA

/// Carries a SCEP client's requests to a responder in the same process.
struct ResponderTransport: Transport {
    let responder: SCEPResponder
    let path: String

    func get(
        _ operation: TransportOperation, message: String?, deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        var query = "operation=\(operation.rawValue)"
        if let message { query += "&message=" + PercentCoding.encode(message) }
        return try await send(Request(path: path, query: query))
    }

    func post(
        _ operation: TransportOperation, body: [UInt8], deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        try await send(Request(method: .post, path: path, query: "operation=\(operation.rawValue)", body: body))
    }

    private func send(_ request: Request) async throws(SCEPError) -> TransportReply {
        let answer = await responder.answer(request)
        guard case .whole = answer.delivery else {
            throw SCEPError(.transport(.closed), "closed by a fault", requestMayHaveArrived: true)
        }
        return TransportReply(
            status: answer.response.status.code, contentType: answer.response.fields[.contentType],
            server: answer.response.fields[.server], body: answer.response.body)
    }
}
