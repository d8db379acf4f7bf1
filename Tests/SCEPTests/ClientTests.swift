import Foundation
import PKI
import Testing

@testable import SCEP

@Suite struct ClientTests {
    struct Silent: Sendable, CustomTestStringConvertible {
        let id: String
        let answer: Result<TransportReply, SCEPError>
        let source: Capabilities.Source
        var testDescription: String { id }
    }

    @Test(
        "C5: a server without GetCACaps is served with 3DES, SHA-1 and GET",
        arguments: [
            Silent(id: "empty 200", answer: .success(TransportReply(status: 200, body: [])), source: .empty),
            Silent(id: "404", answer: .success(TransportReply(status: 404, body: [60])), source: .httpStatus(404)),
            Silent(id: "500", answer: .success(TransportReply(status: 500, body: [])), source: .httpStatus(500)),
            Silent(id: "connection closed", answer: .failure(SCEPError(.transport(.closed), "")), source: .closed),
            Silent(id: "time-out", answer: .failure(SCEPError(.transport(.timedOut), "")), source: .timedOut),
        ])
    func withoutCapabilities(_ row: Silent) async throws {
        let server = InMemoryServer { _ throws(SCEPError) in try row.answer.get() }
        let capabilities = try await Client(transport: server).capabilities(deadline: .now + .seconds(30))
        #expect(capabilities.source == row.source)
        #expect(capabilities.choice() == AlgorithmChoice(cipher: .des3CBC, digest: .sha1, method: .get))
    }

    @Test(
        "What speaks against any exchange ends it at GetCACaps already",
        arguments: [
            SCEPError.TransportFailure.resolve, .connect, .malformed, .tooLarge, .other,
        ])
    func unreachable(_ failure: SCEPError.TransportFailure) async {
        let server = InMemoryServer { _ throws(SCEPError) in throw SCEPError(.transport(failure), "") }
        let thrown = await codeAwaited {
            _ = try await Client(transport: server).capabilities(deadline: .now + .seconds(30))
        }
        #expect(thrown == .transport(failure))
    }

    @Test(
        "C6: the media type of a capability list does not matter",
        arguments: [nil, "text/html", "application/octet-stream"])
    func mediaType(_ contentType: String?) async throws {
        let server = InMemoryServer { _ throws(SCEPError) in
            TransportReply(status: 200, contentType: contentType, body: Array("AES\nSHA-256".utf8))
        }
        let capabilities = try await Client(transport: server).capabilities(deadline: .now + .seconds(30))
        #expect(capabilities.tokens == ["AES", "SHA-256"])
    }

    @Test("C7: a web page for GetCACaps is not a SCEP server")
    func webPage() async {
        let server = InMemoryServer { _ throws(SCEPError) in
            TransportReply(status: 200, contentType: "text/plain", body: Array("<html>".utf8))
        }
        let thrown = await codeAwaited {
            _ = try await Client(transport: server).capabilities(deadline: .now + .seconds(30))
        }
        #expect(thrown == .notSCEPServer)
    }

    @Test("C5: GetCACaps takes no more than a third of the time, so that silence there leaves time for the rest")
    func share() async throws {
        let server = InMemoryServer { _ throws(SCEPError) in TransportReply(status: 200, body: []) }
        let now = ContinuousClock.now
        _ = try await Client(transport: server).capabilities(deadline: now + .seconds(30), now: now)
        #expect(server.exchanges.map(\.deadline) == [now + .seconds(10)])
    }

    @Test("Q10: GET carries strict base64 without line breaks; more than 8 KB is refused before anything is sent")
    func get() async throws {
        let server = InMemoryServer { _ throws(SCEPError) in TransportReply(status: 200, body: [1]) }
        let client = Client(transport: server)
        let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        _ = try await client.send(message(.get, bytes), deadline: .now + .seconds(30))
        let sent = try #require(server.exchanges.first?.message)
        #expect(Base64.decode(sent) == bytes)
        #expect(!sent.contains { $0.isWhitespace })
        let long = message(.get, [UInt8](repeating: 0xff, count: 7000))
        #expect(await codeAwaited { _ = try await client.send(long, deadline: .now + .seconds(30)) } == .tooLongForGET)
        #expect(server.exchanges.count == 1)
    }

    /// How a web server refuses a URL for its length.
    static let refusals = [
        TransportReply(status: 404, server: "Microsoft-IIS/8.5", body: []), TransportReply(status: 413, body: []),
        TransportReply(status: 414, body: []), TransportReply(status: 400, server: "Microsoft-HTTPAPI/2.0", body: []),
    ]
    private static let long = [UInt8](repeating: 7, count: 1600)

    @Test(
        "R18: a long GET that is refused says so, and is not sent by POST where POST is not announced",
        arguments: ClientTests.refusals)
    func longURL(_ refusal: TransportReply) async throws {
        let server = InMemoryServer { _ throws(SCEPError) in refusal }
        let error = await failure(of: server)
        #expect(error == SCEPError(.longURLRefused, "", httpStatus: refusal.status, requestMayHaveArrived: true))
        #expect(server.exchanges.map(\.method) == [.get])
    }

    @Test("R18: the same status to a short GET, and any other one to a long GET, is that status")
    func otherRefusals() async throws {
        let short = InMemoryServer { _ throws(SCEPError) in TransportReply(status: 404, body: []) }
        let reply = try await Client(transport: short).send(
            message(.get, [1, 2]), offersPOST: true, deadline: .now + .seconds(30))
        #expect(reply.status == 404)
        for status in [400, 403, 500, 503] {
            let server = InMemoryServer { _ throws(SCEPError) in
                TransportReply(status: status, server: "Microsoft-IIS/8.5", body: [])
            }
            let reply = try await Client(transport: server).send(
                message(.get, Self.long), offersPOST: true, deadline: .now + .seconds(30))
            #expect(reply.status == status && server.exchanges.count == 1)
        }
    }

    @Test(
        "P5: where POST is announced, the very bytes go by POST after a long GET was refused",
        arguments: ClientTests.refusals)
    func postAfterGET(_ refusal: TransportReply) async throws {
        let server = InMemoryServer { exchange throws(SCEPError) in
            exchange.method == .get ? refusal : TransportReply(status: 200, body: [1])
        }
        let reply = try await Client(transport: server).send(
            message(.get, Self.long), offersPOST: true, deadline: .now + .seconds(30))
        #expect(reply.body == [1])
        #expect(server.exchanges.map(\.method) == [.get, .post])
        #expect(server.exchanges.last?.body == Self.long)
    }

    @Test(
        "R17: when POST is answered with nothing or an error as well, the refused URL is what is told",
        arguments: [TransportReply(status: 200, body: []), TransportReply(status: 405, body: [1])])
    func postInVain(_ answer: TransportReply) async throws {
        let server = InMemoryServer { exchange throws(SCEPError) in
            exchange.method == .get ? Self.refusals[0] : answer
        }
        let error = await failure(of: server, offersPOST: true)
        #expect(error == SCEPError(.longURLRefused, "", httpStatus: 404, requestMayHaveArrived: true))
        #expect(server.exchanges.count == 2)
    }

    @Test("A connection that is lost or refused at that POST is told as such, and the request may have arrived")
    func postNotReached() async throws {
        for lost in [SCEPError.TransportFailure.connect, .closed] {
            let server = InMemoryServer { exchange throws(SCEPError) in
                guard exchange.method == .post else { return Self.refusals[0] }
                throw SCEPError(.transport(lost), "")
            }
            let error = await failure(of: server, offersPOST: true)
            #expect(error?.code == .transport(lost) && error?.requestMayHaveArrived == true)
        }
    }

    @Test("Q10: what is too long for any GET goes by POST at once where POST is announced")
    func tooLongForAnyGET() async throws {
        let server = InMemoryServer { _ throws(SCEPError) in TransportReply(status: 200, body: [1]) }
        let bytes = [UInt8](repeating: 0xff, count: 7000)
        _ = try await Client(transport: server).send(
            message(.get, bytes), offersPOST: true, deadline: .now + .seconds(30))
        #expect(server.exchanges.map(\.method) == [.post] && server.exchanges.first?.body == bytes)
    }

    /// What comes of a long GET.
    private func failure(of server: InMemoryServer, offersPOST: Bool = false) async -> SCEPError? {
        do {
            _ = try await Client(transport: server).send(
                message(.get, Self.long), offersPOST: offersPOST, deadline: .now + .seconds(30))
            return nil
        } catch {
            return error
        }
    }

    private func message(_ method: AlgorithmChoice.Method, _ bytes: [UInt8]) -> OutgoingMessage {
        OutgoingMessage(type: .pkcsReq, senderNonce: Nonce(bytes: [1]), method: method, bytes: bytes)
    }
}
