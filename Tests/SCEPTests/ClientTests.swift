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

    @Test("R18: 404, 413 and 414 to a long GET say that the message was too long", arguments: [404, 413, 414])
    func tooLong(_ status: Int) async throws {
        let server = InMemoryServer { _ throws(SCEPError) in TransportReply(status: status, body: []) }
        do {
            _ = try await Client(transport: server).send(message(.get, [1, 2]), deadline: .now + .seconds(30))
            Issue.record("no error")
        } catch {
            #expect(error.code == .tooLongForGET && error.httpStatus == status && error.requestMayHaveArrived)
        }
    }

    private func message(_ method: AlgorithmChoice.Method, _ bytes: [UInt8]) -> OutgoingMessage {
        OutgoingMessage(type: .pkcsReq, senderNonce: Nonce(bytes: [1]), method: method, bytes: bytes)
    }
}
