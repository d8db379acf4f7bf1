import HTTPTypes
import Testing

@testable import HTTP

@Suite("The client on a socket", .timeLimit(.minutes(1)))
struct ClientTests {
    /// Gives out fixed addresses, or never answers.
    private struct FixedResolver: Resolver {
        let literals: [String]?

        func addresses(of host: String, port: UInt16) async throws(HTTPError) -> [SocketAddress] {
            guard let literals else {
                // A resolver that hangs and does not even notice that it is cancelled.
                return await withCheckedContinuation { (never: CheckedContinuation<[SocketAddress], Never>) in
                    Self.keep(never)
                }
            }
            return literals.compactMap { SocketAddress(literal: $0, port: port) }
        }

        /// Never resumes; the runtime would complain about a continuation that is dropped.
        private static func keep(_ continuation: CheckedContinuation<[SocketAddress], Never>) {
            _ = Unmanaged.passRetained(Box(continuation))
        }

        private final class Box: Sendable {
            let continuation: CheckedContinuation<[SocketAddress], Never>

            init(_ continuation: CheckedContinuation<[SocketAddress], Never>) {
                self.continuation = continuation
            }
        }
    }

    private static func send(
        to port: UInt16, client: Client = Client(), host: String = "127.0.0.1", method: HTTPRequest.Method = .get,
        body: [UInt8] = [], within time: Duration = .seconds(180)
    ) async -> Result<ClientResponse, HTTPError> {
        let request = ClientRequest(
            method: method, host: host, port: port, target: "/scep?operation=GetCACaps", fields: [.accept: "*/*"],
            body: body)
        do throws(HTTPError) {
            return .success(try await client.send(request, deadline: .now + time))
        } catch {
            return .failure(error)
        }
    }

    @Test(
        "A reply's body is read, whatever its framing (interop R17)",
        arguments: [
            ("Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
            ("equal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
            (
                "chunked",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nA: b\r\n\r\n"
            ),
            ("the end of the connection", "HTTP/1.1 200 OK\r\n\r\nhello"),
            ("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello"),
            ("no reason phrase", "HTTP/1.1 200 \r\n\r\nhello"),
            (
                "interim responses",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
            ),
            ("a folded field", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\nhello"),
        ])
    func framing(name: String, reply: String) async throws {
        let (result, _) = try await ScriptedServer.run(.reply(reply)) { await Self.send(to: $0) }
        #expect(try result.get().body == Array("hello".utf8))
        #expect(try result.get().status == 200)
    }

    @Test("A reply that is complete is taken at once, though the server keeps the connection open")
    func stays() async throws {
        let reply = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        let (result, _) = try await ScriptedServer.run(.replyAndStay(reply)) { await Self.send(to: $0) }
        #expect(try result.get().status == 404)
        #expect(try result.get().body.isEmpty)
    }

    @Test("A redirect is reported and not followed")
    func redirect() async throws {
        let reply = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        let (result, _) = try await ScriptedServer.run(.reply(reply)) { await Self.send(to: $0) }
        #expect(try result.get().status == 302)
        #expect(try result.get().fields[.location] == "http://127.0.0.1:1/")
    }

    @Test("The request names host and port, its length, and that the connection closes (interop Q11)")
    func request() async throws {
        let (result, request) = try await ScriptedServer.run(.reply("HTTP/1.1 204 No Content\r\n\r\n")) { port in
            (await Self.send(to: port, method: .post, body: [0x61, 0x62]), port)
        }
        #expect(try result.0.get().status == 204)
        #expect(
            request == "POST /scep?operation=GetCACaps HTTP/1.1\r\nHost: 127.0.0.1:\(result.1)\r\nAccept: */*\r\n"
                + "Content-Length: 2\r\nConnection: close\r\n\r\nab")
    }

    @Test(
        "A reply that is not HTTP, or cut short, is an error after which the request may have arrived",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", HTTPError.Code.closed),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .closed),
            ("HTTP/1.1 200 OK\r\nContent-Le", .closed), ("", .closed), ("220 smtp.example.com ESMTP\r\n", .malformed),
            ("HTTP/1.1 20 OK\r\n\r\n", .malformed), ("HTTP/2 200\r\n\r\n", .malformed),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", .malformed),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .malformed),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .malformed),
            ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .malformed),
            ("HTTP/1.1 101 Switching Protocols\r\n\r\n", .malformed),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", .tooLarge),
            ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 17_000), .tooLarge),
        ])
    func badReply(reply: String, code: HTTPError.Code) async throws {
        let (result, _) = try await ScriptedServer.run(.reply(reply)) { await Self.send(to: $0) }
        #expect(throws: HTTPError(code, "")) { try result.get() }
        if case .failure(let error) = result {
            #expect(error.requestMayHaveArrived && error.wasConnected)
        }
    }

    @Test("A body without length or end is cut at the size limit, not gathered for ever")
    func tooLarge() async throws {
        var limits = MessageLimits()
        limits.bodyBytes = 1_000
        let client = Client(limits: limits)
        let reply = "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 100_000)
        let (result, _) = try await ScriptedServer.run(.replyAndStay(reply)) { await Self.send(to: $0, client: client) }
        #expect(throws: HTTPError(.tooLarge, "")) { try result.get() }
    }

    @Test("The deadline bounds the whole exchange, whatever the server does (C2)", arguments: [false, true])
    func deadline(drips: Bool) async throws {
        let script = drips ? ScriptedServer.Script.drip : .replyAndStay("")
        let (result, _) = try await ScriptedServer.run(script) { await Self.send(to: $0, within: .milliseconds(300)) }
        #expect(throws: HTTPError(.timedOut, "")) { try result.get() }
    }

    @Test("A resolver that hangs is left behind at the deadline, and nothing was sent")
    func hangingResolver() async throws {
        let client = Client(resolver: FixedResolver(literals: nil))
        let result = await Self.send(to: 80, client: client, host: "nowhere.test", within: .milliseconds(50))
        #expect(throws: HTTPError(.timedOut, "")) { try result.get() }
        if case .failure(let error) = result {
            #expect(!error.requestMayHaveArrived)
        }
    }

    @Test("Every address is tried: one that refuses does not hide one that answers")
    func addresses() async throws {
        let client = Client(resolver: FixedResolver(literals: ["::1", "127.0.0.9", "127.0.0.1"]))
        let (result, _) = try await ScriptedServer.run(.reply("HTTP/1.1 200 OK\r\n\r\n")) { port in
            await Self.send(to: port, client: client, host: "three.test")
        }
        #expect(try result.get().remoteAddress == "127.0.0.1")
    }

    @Test("A server that refuses the connection is told from one that does not answer")
    func refused() async throws {
        let result = await Self.send(to: 1)
        #expect(throws: HTTPError(.connect, "")) { try result.get() }
        if case .failure(let error) = result {
            #expect(!error.requestMayHaveArrived && !error.wasConnected)
        }
    }

    @Test("A host without addresses cannot be connected to")
    func unknownHost() async throws {
        let result = await Self.send(to: 80, client: Client(resolver: FixedResolver(literals: [])), host: "none.test")
        #expect(throws: HTTPError(.connect, "")) { try result.get() }
    }

    @Test("A connection that the server resets is closed, not timed out")
    func reset() async throws {
        let (result, _) = try await ScriptedServer.run(.reset) { await Self.send(to: $0) }
        #expect(throws: HTTPError(.closed, "")) { try result.get() }
    }

    @Test("Cancelling the task ends the exchange, and tells that the request may have arrived")
    func cancelled() async throws {
        let entered = FirstOf<Bool>()
        let handler = Answering { _ in
            entered.offer(true)
            try? await Task.sleep(for: .seconds(3_600))
            return Response()
        }
        var configuration = ServerConfiguration()
        configuration.stopDeadline = .milliseconds(10)
        let result = try await LiveServer.run(configuration: configuration, handler: handler) { port in
            let task = Task { await Self.send(to: port) }
            _ = await entered.value()
            task.cancel()
            return await task.value
        }
        #expect(throws: HTTPError(.cancelled, "")) { try result.get() }
        if case .failure(let error) = result {
            #expect(error.requestMayHaveArrived)
        }
    }

    @Test(
        "A request that would change its own message is not sent",
        arguments: [
            ("a b", "/"), ("a\r\nX: y", "/"), ("u@a", "/"), ("", "/"), ("a", ""), ("a", "x"), ("a", "/ x"),
            ("a", "/\r\nX: y"), ("a", "/#f"), ("a", "/é"),
        ])
    func invalid(host: String, target: String) async {
        await #expect(throws: HTTPError(.invalid, "")) {
            try await Client().send(ClientRequest(host: host, target: target), deadline: .now + .seconds(1))
        }
    }

    @Test("IPv6 literals work with and without brackets", arguments: ["::1", "[::1]"])
    func ipv6(host: String) async throws {
        let handler = Answering { Response.text("\($0.remoteAddress) \($0.host ?? "")") }
        let response = try await LiveServer.run(address: "::1", handler: handler) { port in
            try await Client().send(ClientRequest(host: host, port: port), deadline: .now + .seconds(180))
        }
        #expect(String(decoding: response.body, as: UTF8.self) == "::1 [::1]")
    }

    @Test("HTTPS without trust anchors is refused before anything is sent")
    func noTrust() async {
        await #expect(throws: HTTPError(.tls, "")) {
            try await Client().send(ClientRequest(host: "a", isSecure: true), deadline: .now + .seconds(1))
        }
    }
}
