import HTTPTypes
import Synchronization
import Testing

@testable import HTTP

@Suite("The server on a socket", .timeLimit(.minutes(1)))
struct ServerTests {
    private static let last = "Connection: close\r\n\r\n"

    private static func get(_ path: String, _ end: String = last) -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(end)"
    }

    @Test("A request is answered with Date, Content-Length and no Server field")
    func answers() async throws {
        let reply = try await LiveServer.run { port in
            try await RawClient.exchange(port, [Self.get("/x?y")])
        }
        #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
        #expect(reply.contains("\r\nContent-Length: 11\r\n"))
        #expect(reply.contains("\r\nConnection: close\r\n"))
        #expect(!reply.lowercased().contains("server:"))
        #expect(reply.hasSuffix("\r\n\r\nGET /x?y []"))
    }

    @Test("Requests sent ahead are answered in order on one connection, whatever the handler's pace")
    func pipelining() async throws {
        let handler = Answering { request in
            if request.path == "/1" {
                for _ in 0..<50 { await Task.yield() }
            }
            return Response.text(request.path)
        }
        let reply = try await LiveServer.run(handler: handler) { port in
            try await RawClient.exchange(port, [Self.get("/1", "\r\n") + Self.get("/2", "\r\n") + Self.get("/3")])
        }
        let order = ["/1", "/2", "/3"].compactMap { reply.firstRange(of: "\r\n\r\n\($0)")?.lowerBound }
        #expect(order.count == 3 && order == order.sorted())
    }

    @Test("A request that arrives byte by byte is answered")
    func dripped() async throws {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"
        let reply = try await LiveServer.run { port in
            try await RawClient.exchange(port, text.map(String.init))
        }
        #expect(reply.hasSuffix("POST / [ab]"))
    }

    @Test("A chunked body reaches the handler decoded")
    func chunked() async throws {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        let reply = try await LiveServer.run { port in
            try await RawClient.exchange(port, [text, "5\r\nhel", "lo\r\n", "0\r\n\r\n"])
        }
        #expect(reply.hasSuffix("[hello]"))
    }

    @Test("A client that half closes after its request still gets its answer")
    func halfClosed() async throws {
        let reply = try await LiveServer.run { port in
            try await RawClient.exchange(port, [Self.get("/", "\r\n")], halfCloses: true)
        }
        #expect(reply.hasSuffix("GET / []"))
    }

    @Test("After a bad request the client reads its 400, and what it sent behind it is not read")
    func badRequest() async throws {
        let reply = try await LiveServer.run { port in
            let tail = String(repeating: Self.get("/smuggled", "\r\n"), count: 2_000)
            return try await RawClient.exchange(port, [Self.get("/1", "\r\n") + "GET / HTTP/1.1\r\n\r\n" + tail])
        }
        #expect(reply.contains("GET /1 []HTTP/1.1 400 Bad Request\r\n"))
        #expect(!reply.contains("smuggled"))
    }

    @Test("HEAD has the length of GET's body and no body")
    func head() async throws {
        let reply = try await LiveServer.run(handler: Answering { _ in Response.text("hello") }) { port in
            try await RawClient.exchange(port, ["HEAD / HTTP/1.1\r\nHost: a\r\n\(Self.last)"])
        }
        #expect(reply.contains("\r\nContent-Length: 5\r\n"))
        #expect(reply.hasSuffix("\r\n\r\n"))
    }

    @Test("A body of the largest size and an answer of 5 MB pass whole")
    func large() async throws {
        let body = [UInt8](repeating: 7, count: 1_024 * 1_024)
        let handler = Answering { request in
            Response(
                contentType: "application/octet-stream", body: request.body + [UInt8](repeating: 9, count: 4_000_000))
        }
        var limits = MessageLimits()
        limits.bodyBytes = 8_000_000
        let client = Client(limits: limits)
        let response = try await LiveServer.run(handler: handler) { port in
            try await client.send(
                ClientRequest(method: .post, host: "127.0.0.1", port: port, body: body), deadline: .now + .seconds(180))
        }
        #expect(response.body == body + [UInt8](repeating: 9, count: 4_000_000))
    }

    @Test("A handler's field values cannot carry a line end, and its framing fields are dropped")
    func fields() async throws {
        let handler = Answering { _ in
            Response(
                fields: [.location: "/a\r\nX-Evil: 1", .contentLength: "99", .transferEncoding: "chunked", .date: "x"],
                body: [0x78])
        }
        let reply = try await LiveServer.run(handler: handler) { port in
            try await RawClient.exchange(port, [Self.get("/")])
        }
        #expect(!reply.contains("\r\nX-Evil"))
        #expect(!reply.contains("chunked") && !reply.contains("99") && !reply.contains("Date: x"))
        #expect(reply.hasSuffix("\r\n\r\nx"))
    }

    @Test("A silent client is closed and a dripping one answered 408, each at its absolute deadline")
    func deadlines() async throws {
        var configuration = ServerConfiguration()
        configuration.headDeadline = .milliseconds(700)
        configuration.bodyDeadline = .milliseconds(100)
        let replies = try await LiveServer.run(configuration: configuration) { port in
            async let silent = RawClient.exchange(port, [])
            async let head = RawClient.exchange(port, ["GET / HTTP/1.1\r\nHo"])
            async let body = RawClient.exchange(
                port, ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nx"])
            return try await [silent, head, body]
        }
        #expect(replies[0].isEmpty)
        #expect(replies[1].hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(replies[2].hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    }

    @Test("A handler that hangs is given up: the client gets 503, the task is cancelled")
    func hangingHandler() async throws {
        var configuration = ServerConfiguration()
        configuration.handlerDeadline = .milliseconds(100)
        let cancelled = FirstOf<Bool>()
        let handler = Answering { _ in
            let slept: Void? = try? await Task.sleep(for: .seconds(3_600))
            cancelled.offer(slept == nil)
            return Response.text("late")
        }
        let reply = try await LiveServer.run(configuration: configuration, handler: handler) { port in
            try await RawClient.exchange(port, [Self.get("/")])
        }
        #expect(reply.hasPrefix("HTTP/1.1 503 "))
        #expect(!reply.contains("late"))
        #expect(await cancelled.value())
    }

    @Test("A client that resets its connection while it is served has its handler's task cancelled")
    func clientGone() async throws {
        let entered = FirstOf<Bool>()
        let cancelled = FirstOf<Bool>()
        let handler = Answering { _ in
            entered.offer(true)
            let slept: Void? = try? await Task.sleep(for: .seconds(3_600))
            cancelled.offer(slept == nil)
            return Response()
        }
        let isCancelled = try await LiveServer.run(handler: handler) { port in
            do {
                let socket = try RawClient.connected(port)
                RawClient.send(socket, Self.get("/"))
                _ = await entered.value()
                RawClient.resetWhenClosed(socket)
            }
            return await cancelled.value()
        }
        #expect(isCancelled)
    }

    @Test("When all connections are taken, the one that waits longest makes room; others are served meanwhile")
    func full() async throws {
        var configuration = ServerConfiguration()
        configuration.connections = 8
        let reply = try await LiveServer.run(configuration: configuration) { port in
            let silent = try (0..<40).map { _ in try RawClient.connected(port) }
            let reply = try await RawClient.exchange(port, [Self.get("/")])
            withExtendedLifetime(silent) {}
            return reply
        }
        #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test("When every connection is being served, a new one gets 503")
    func busy() async throws {
        var configuration = ServerConfiguration()
        configuration.connections = 1
        configuration.eventLoops = 1
        let entered = FirstOf<Bool>()
        let leave = FirstOf<Bool>()
        let handler = Answering { _ in
            entered.offer(true)
            return Response.text("\(await leave.value())")
        }
        let replies = try await LiveServer.run(configuration: configuration, handler: handler) { port in
            async let first = RawClient.exchange(port, [Self.get("/")])
            _ = await entered.value()
            let second = try await RawClient.exchange(port, [])
            leave.offer(true)
            return [try await first, second]
        }
        #expect(replies[0].hasSuffix("true"))
        #expect(replies[1].hasPrefix("HTTP/1.1 503 "))
    }

    @Test("Clients that take nothing of their answers make room, the one that has been stuck longest first")
    func stuck() async throws {
        var configuration = LiveServer.patient
        (configuration.connections, configuration.eventLoops) = (4, 1)
        let asked = Counted()
        let handler = Answering { request in
            asked.add()
            return Response(body: [UInt8](repeating: 0, count: request.path == "/large" ? 16_000_000 : 1))
        }
        let (replies, lost) = try await LiveServer.run(configuration: configuration, handler: handler) { port in
            let stuck = try (0..<4).map { _ in try RawClient.connected(port) }
            for (index, client) in stuck.enumerated() {
                RawClient.send(client, Self.get("/large", "\r\n"))
                await asked.reach(index + 1)
            }
            var replies: [String] = []
            for _ in 0..<2 { replies.append(try await RawClient.exchange(port, [Self.get("/")])) }
            // The last of them still has its place: it gets all of its answer.
            let last = try #require(stuck.last)
            RawClient.send(last, Self.get("/"))
            let whole = try await RawClient.read(last)
            return (replies, 16_000_000 - whole.count)
        }
        #expect(replies.allSatisfy { $0.hasPrefix("HTTP/1.1 200 OK\r\n") })
        #expect(lost < 0)
    }

    @Test("One address gets no more than its share; when it is taken, others are served all the same")
    func share() async throws {
        var configuration = LiveServer.patient
        (configuration.connections, configuration.connectionsPerAddress, configuration.eventLoops) = (4, 2, 1)
        let (entered, left) = (Counted(), Counted())
        let handler = Answering { request in
            guard request.path == "/wait" else { return Response.text(request.remoteAddress) }
            entered.add()
            await left.reach(1)
            return Response.text("served")
        }
        let replies = try await LiveServer.run(configuration: configuration, handler: handler) { port in
            async let first = RawClient.exchange(port, [Self.get("/wait")])
            async let second = RawClient.exchange(port, [Self.get("/wait")])
            await entered.reach(2)
            let third = try await RawClient.exchange(port, [Self.get("/")])
            let other = try await RawClient.exchange(port, [Self.get("/")], from: "127.0.0.2")
            left.add()
            return [third, other, try await first, try await second]
        }
        #expect(replies[0].hasPrefix("HTTP/1.1 503 "))
        #expect(replies[1].hasSuffix("127.0.0.2"))
        #expect(replies[2].hasSuffix("served") && replies[3].hasSuffix("served"))
    }

    @Test("A graceful stop finishes the request in hand, says close, and frees the port at once")
    func gracefulStop() async throws {
        let entered = FirstOf<Bool>()
        let leave = FirstOf<Bool>()
        let handler = Answering { _ in
            entered.offer(true)
            return Response.text("\(await leave.value())")
        }
        let server = try Server(
            listeners: [Listener(address: "127.0.0.1", port: 0)], handler: handler, logger: LiveServer.silent)
        let port = server.ports[0]
        let running = Task { try await server.run() }
        async let reply = RawClient.exchange(port, [Self.get("/", "\r\n")])
        _ = await entered.value()
        running.cancel()
        leave.offer(true)
        #expect(try await reply.contains("\r\nConnection: close\r\n\r\ntrue"))
        try await running.value
        let again = try Server(
            listeners: [Listener(address: "127.0.0.1", port: port)], handler: handler, logger: LiveServer.silent)
        #expect(again.ports == [port])
    }

    @Test("Stopping does not wait for idle connections")
    func stopWithIdle() async throws {
        // Both waits far longer than any pause of a loaded machine: what is measured is which of them is waited for.
        var configuration = ServerConfiguration()
        configuration.idleDeadline = .seconds(600)
        configuration.stopDeadline = .seconds(600)
        let time = try await ContinuousClock().measure {
            _ = try await LiveServer.run(configuration: configuration) { port in
                let idle = try (0..<10).map { _ in try RawClient.connected(port) }
                _ = try await RawClient.exchange(port, [Self.get("/")])
                return idle
            }
        }
        #expect(time < .seconds(300))
    }

    @Test("A taken port and an address that is none are told apart from success")
    func bindFailures() throws {
        let first = try Server(
            listeners: [Listener(address: "127.0.0.1", port: 0)], handler: Answering.echo, logger: LiveServer.silent)
        for listener in [Listener(address: "127.0.0.1", port: first.ports[0]), Listener(address: "localhost", port: 0)]
        {
            #expect(throws: HTTPError(.bind, "")) {
                try Server(listeners: [listener], handler: Answering.echo, logger: LiveServer.silent)
            }
        }
    }

    @Test("Running twice is refused")
    func runTwice() async throws {
        let server = try Server(listeners: [], handler: Answering.echo, logger: LiveServer.silent)
        let running = Task { try await server.run() }
        running.cancel()
        try await running.value
        await #expect(throws: HTTPError(.invalid, "")) { try await server.run() }
    }

    @Test("The request tells where it came from and what it asked for")
    func facts() async throws {
        let handler = Answering { request in
            Response.text(
                "\(request.remoteAddress) \(request.localPort) \(request.isSecure) "
                    + "\(request.host ?? "-") \(request.hostPort ?? 0)"
            )
        }
        let (reply, port) = try await LiveServer.run(handler: handler) { port in
            (try await RawClient.exchange(port, ["GET / HTTP/1.1\r\nHost: printer:8000\r\n\(Self.last)"]), port)
        }
        #expect(reply.hasSuffix("\r\n\r\n127.0.0.1 \(port) false printer 8000"))
    }

    @Test("200 clients at once each get their own answer")
    func many() async throws {
        let client = Client()
        var configuration = LiveServer.patient
        configuration.connectionsPerAddress = 256
        let bodies = try await LiveServer.run(configuration: configuration) { port in
            try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let response = try await client.send(
                            ClientRequest(host: "127.0.0.1", port: port, target: "/\(number)"),
                            deadline: .now + .seconds(180))
                        return (number, String(decoding: response.body, as: UTF8.self))
                    }
                }
                return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
        }
        #expect(bodies == Dictionary(uniqueKeysWithValues: (0..<200).map { ($0, "GET /\($0) []") }))
    }
}
