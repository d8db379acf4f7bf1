import Foundation
import HTTP
import PKI
import Testing

@testable import SCEP

/// T3: what is asked again after a while, and what the server has answered. Through the real transport.
@Suite(.timeLimit(.minutes(5))) struct CommunicationErrorTests {
    /// A request on its way to a port of loopback, and what came of it.
    private static func outcome(
        at port: UInt16, client: HTTP.Client = HTTP.Client(), within time: Duration = .seconds(180)
    ) async -> SCEPError? {
        do {
            var enrolment = try Enrolment()
            let server = try ServerURL(url: "http://127.0.0.1/scep", port: Int(port))
            let client = SCEP.Client(transport: HTTPTransport(server: server, client: client))
            let reply = try await client.send(enrolment.message, deadline: .now + time)
            _ = try enrolment.transaction.receive(reply, key: enrolment.key, now: Samples.now)
        } catch {
            return error as? SCEPError
        }
        return nil
    }

    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-pki-message\r\n"

    @Test(
        "T3: a reply that is cut off is a communication error, and the request may have arrived",
        arguments: [
            ("no byte", .reply("")), ("half a head", .reply("HTTP/1.1 200 OK\r\nContent-Le")),
            ("less than Content-Length", .reply(head + "Content-Length: 500\r\n\r\n0123")),
            (
                "an error page less than its Content-Length",
                .reply("HTTP/1.1 500 No\r\nContent-Length: 500\r\n\r\n0123")
            ),
            ("a chunk cut off", .reply(head + "Transfer-Encoding: chunked\r\n\r\n1f4\r\n0123")),
            ("the last chunk missing", .reply(head + "Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n")),
            ("reset before a byte", .reset(after: "")),
            ("reset in the middle of the head", .reset(after: "HTTP/1.1 200 OK\r\nContent-Le")),
            ("reset in the middle of the body", .reset(after: head + "Content-Length: 500\r\n\r\n0123")),
        ] as [(String, ScriptedServer.Script)])
    func cutOff(name: String, script: ScriptedServer.Script) async throws {
        let error = try #require(try await ScriptedServer.run(script) { await Self.outcome(at: $0) })
        #expect(error == SCEPError(.transport(.closed), "", requestMayHaveArrived: true))
        #expect(error.isCommunicationError)
    }

    @Test("T3: a server that says nothing is a communication error when the time is over")
    func silence() async throws {
        let error = try #require(
            try await ScriptedServer.run(.silence) { await Self.outcome(at: $0, within: .seconds(1)) })
        #expect(error.code == .transport(.timedOut) && error.isCommunicationError)
    }

    @Test("T3: a refused connection is a communication error, and the request has not arrived")
    func refused() async throws {
        let closed = try ScriptedServer.ClosedPort()
        let error = try #require(await Self.outcome(at: closed.port))
        #expect(error == SCEPError(.transport(.connect), "", requestMayHaveArrived: false))
        #expect(error.isCommunicationError && !error.wasConnected)
    }

    /// Knows no name.
    private struct NoNames: Resolver {
        func addresses(of host: String, port: UInt16) async throws(HTTPError) -> [SocketAddress] {
            throw HTTPError(.resolve, "unknown")
        }
    }

    @Test("T3: a name that is unknown is a communication error, and the request has not arrived")
    func unknownName() async throws {
        let error = try #require(await Self.outcome(at: 80, client: HTTP.Client(resolver: NoNames())))
        #expect(error == SCEPError(.transport(.resolve), "", requestMayHaveArrived: false))
        #expect(error.isCommunicationError)
    }

    @Test(
        "T3: whatever else was answered is the server's error, and is not asked again by itself",
        arguments: [
            ("R18: HTTP 400", "HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\nno", .httpStatus(400)),
            ("R18: HTTP 403", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", .httpStatus(403)),
            ("R18: HTTP 404", "HTTP/1.1 404 No\r\n\r\n", .httpStatus(404)),
            ("R18: HTTP 500", "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno", .httpStatus(500)),
            ("R18: HTTP 503", "HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", .httpStatus(503)),
            ("R19: HTTP 302", "HTTP/1.1 302 Go\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", .httpStatus(302)),
            ("no HTTP", "220 mail.example.com ESMTP\r\n", .transport(.malformed)),
            ("contradictory HTTP", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy", .transport(.malformed)),
            ("R22: too large", head + "Content-Length: 1048577\r\n\r\n", .transport(.tooLarge)),
            ("R17: an empty 200", head + "Content-Length: 0\r\n\r\n", .emptyReply),
            ("R17: an empty 200 without a length", head + "\r\n", .emptyReply),
            ("R18: a web page", head + "Content-Length: 6\r\n\r\n<html>", .notSCEPServer),
            ("garbage", head + "Content-Length: 4\r\n\r\n0123", .malformedReply),
            ("garbage without a length", head + "\r\n0123", .malformedReply),
        ] as [(String, String, SCEPError.Code)])
    func answered(name: String, reply: String, code: SCEPError.Code) async throws {
        let error = try #require(try await ScriptedServer.run(.reply(reply)) { await Self.outcome(at: $0) })
        #expect(error.code == code)
        #expect(error.requestMayHaveArrived)
        #expect(!error.isCommunicationError)
    }

    @Test("T3: a CA certificate that does not come is a communication error too, and nothing has been asked for")
    func authority() async throws {
        let reply = ScriptedServer.Script.reply(Self.head + "Content-Length: 500\r\n\r\n0123")
        let error = try await ScriptedServer.run(reply) { port in
            let server = try ServerURL(url: "http://127.0.0.1/scep", port: Int(port))
            do throws(SCEPError) {
                _ = try await SCEP.Client(transport: HTTPTransport(server: server)).authority(
                    capabilities: Capabilities(unknown: .empty), trust: .unconfirmed, now: Samples.now,
                    deadline: .now + .seconds(180))
                return SCEPError?.none
            } catch {
                return error
            }
        }
        #expect(error == SCEPError(.transport(.closed), "", requestMayHaveArrived: false))
        #expect(error?.isCommunicationError == true)
    }

    @Test("C5: a server that takes the connection and says nothing was reached, whatever it was asked")
    func silentToLookUp() async throws {
        let error = try await ScriptedServer.run(.silence) { port in
            let server = try ServerURL(url: "http://127.0.0.1/scep", port: Int(port))
            do throws(SCEPError) {
                _ = try await SCEP.Client(transport: HTTPTransport(server: server)).authority(
                    capabilities: Capabilities(unknown: .empty), trust: .unconfirmed, now: Samples.now,
                    deadline: .now + .seconds(5))
                return SCEPError?.none
            } catch {
                return error
            }
        }
        #expect(error == SCEPError(.transport(.timedOut), "", requestMayHaveArrived: false, wasConnected: true))
    }

    @Test("P5: after a refused connection the request counts as never sent, after a cut-off reply its bytes go again")
    func withdrawal() async throws {
        var enrolment = try Enrolment()
        let closed = try ScriptedServer.ClosedPort()
        try await Self.send(enrolment.message, of: &enrolment, to: closed.port)
        #expect(enrolment.transaction.state == .ready && enrolment.transaction.messagesMade == 0)

        let message = try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random)
        let reply = ScriptedServer.Script.reply(Self.head + "Content-Length: 500\r\n\r\n0123")
        let sent = enrolment
        enrolment = try await ScriptedServer.run(reply) { port in
            var enrolment = sent
            try await Self.send(message, of: &enrolment, to: port)
            return enrolment
        }
        #expect(enrolment.transaction.state == .requestBuilt && enrolment.transaction.messagesMade == 1)
        // The server is gone now. What may have arrived stays as it is.
        let again = try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random)
        #expect(again == message)
        try await Self.send(again, of: &enrolment, to: closed.port)
        #expect(enrolment.transaction.state == .requestBuilt && enrolment.transaction.messagesMade == 1)
        #expect(try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random) == message)
    }

    /// Sends a message that gets no whole reply, as the transaction's owner does: stores, sends, withdraws, stores.
    private static func send(
        _ message: OutgoingMessage, of enrolment: inout Enrolment, to port: UInt16
    ) async throws {
        enrolment.transaction = try stored(enrolment.transaction)
        let server = try ServerURL(url: "http://127.0.0.1/scep", port: Int(port))
        do throws(SCEPError) {
            _ = try await SCEP.Client(transport: HTTPTransport(server: server))
                .send(message, deadline: .now + .seconds(180))
            Issue.record("a reply came")
        } catch {
            if !error.requestMayHaveArrived { enrolment.transaction.withdraw() }
        }
        enrolment.transaction = try stored(enrolment.transaction)
    }

    private static func stored(_ transaction: Transaction) throws -> Transaction {
        try JSONDecoder().decode(Transaction.self, from: JSONEncoder().encode(transaction))
    }
}
