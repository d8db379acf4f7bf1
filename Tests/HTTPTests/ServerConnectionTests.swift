import HTTPTypes
import Testing

@testable import HTTP

@Suite("A connection's life, by hand")
struct ServerConnectionTests {
    private static let start = ContinuousClock.now
    private static let facts = ConnectionFacts(remoteAddress: "192.0.2.1", localPort: 80, isSecure: false)
    private static let head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// What the connection asked for, shortened.
    private static func actions(_ connection: inout ServerConnection) -> [String] {
        var list: [String] = []
        while let action = connection.nextAction() {
            switch action {
            case .handle(let request): list.append("handle \(request.path) \(request.body.count)")
            case .send(let bytes): list.append("send " + String(decoding: bytes.dropFirst(9).prefix(3), as: UTF8.self))
            case .abandonHandler: list.append("abandon")
            case .linger: list.append("linger")
            case .close: list.append("close")
            }
        }
        return list
    }

    private static func connection(_ configuration: ServerConfiguration = ServerConfiguration()) -> ServerConnection {
        ServerConnection(
            configuration: configuration, facts: facts, at: start, date: { "Sun, 06 Nov 1994 08:49:37 GMT" })
    }

    private static func at(_ seconds: Double) -> ContinuousClock.Instant {
        start + .seconds(seconds)
    }

    @Test("One byte every second does not move the deadline of the head")
    func drippedHead() {
        var connection = Self.connection()
        for (second, byte) in Self.head.utf8.prefix(9).enumerated() {
            connection.receive([byte], at: Self.at(Double(second)))
            #expect(connection.deadline == Self.at(10))
        }
        connection.deadlinePassed(at: Self.at(10))
        #expect(Self.actions(&connection) == ["send 408"])
    }

    @Test("One byte every second does not move the deadline of the body")
    func drippedBody() {
        var connection = Self.connection()
        connection.receive(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n".utf8), at: Self.at(1))
        for second in 2..<31 {
            connection.receive([1], at: Self.at(Double(second)))
            #expect(connection.deadline == Self.at(31))
        }
        connection.deadlinePassed(at: Self.at(31))
        #expect(Self.actions(&connection) == ["send 408"])
    }

    @Test("A silent connection closes without a word, a kept one after its idle time")
    func silent() {
        var fresh = Self.connection()
        #expect(fresh.deadline == Self.at(10))
        fresh.deadlinePassed(at: Self.at(10))
        #expect(Self.actions(&fresh) == ["close"])

        var kept = Self.connection()
        kept.receive(Array(Self.head.utf8), at: Self.at(0))
        kept.respond(Response(), at: Self.at(1))
        kept.sent(at: Self.at(2))
        #expect(kept.deadline == Self.at(22))
        kept.receive([UInt8(ascii: "G")], at: Self.at(20))
        #expect(kept.deadline == Self.at(30))
    }

    @Test("The client that does not read is cut off at the write deadline")
    func neverRead() {
        var connection = Self.connection()
        connection.receive(Array(Self.head.utf8), at: Self.at(0))
        connection.respond(Response(), at: Self.at(5))
        #expect(connection.deadline == Self.at(65))
        _ = Self.actions(&connection)
        connection.deadlinePassed(at: Self.at(65))
        #expect(Self.actions(&connection) == ["close"])
    }

    @Test("The handler has its time; then 503, and its late answer is dropped")
    func handlerDeadline() {
        var connection = Self.connection()
        connection.receive(Array(Self.head.utf8), at: Self.at(0))
        #expect(connection.deadline == Self.at(150))
        connection.deadlinePassed(at: Self.at(150))
        connection.respond(Response(), at: Self.at(151))
        #expect(Self.actions(&connection) == ["handle / 0", "abandon", "send 503"])
    }

    @Test("100 Continue is sent when the client waits, and not when the body is on its way or there is none")
    func expectations() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
        var waiting = Self.connection()
        waiting.receive(Array((head + "Content-Length: 1\r\n\r\n").utf8), at: Self.at(0))
        #expect(Self.actions(&waiting) == ["send 100"])
        waiting.sent(at: Self.at(0))
        waiting.receive([1], at: Self.at(1))
        #expect(Self.actions(&waiting) == ["handle / 1"])

        var hasty = Self.connection()
        hasty.receive(Array((head + "Content-Length: 2\r\n\r\nx").utf8), at: Self.at(0))
        #expect(Self.actions(&hasty).isEmpty)

        var empty = Self.connection()
        empty.receive(Array((head + "Content-Length: 0\r\n\r\n").utf8), at: Self.at(0))
        #expect(Self.actions(&empty) == ["handle / 0"])

        var large = Self.connection()
        large.receive(Array((head + "Content-Length: 99999999\r\n\r\n").utf8), at: Self.at(0))
        #expect(Self.actions(&large) == ["send 413"])
    }

    @Test("The second of two requests waits for the first one's answer to leave")
    func pipelining() {
        var connection = Self.connection()
        connection.receive(Array((Self.head + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n").utf8), at: Self.at(0))
        #expect(Self.actions(&connection) == ["handle / 0"])
        connection.respond(Response(), at: Self.at(0))
        #expect(Self.actions(&connection) == ["send 200"])
        connection.sent(at: Self.at(0))
        #expect(Self.actions(&connection) == ["handle /2 0"])
    }

    @Test("A client that sends ahead without end is no longer read")
    func pipeliningBound() {
        var connection = Self.connection()
        connection.receive(Array(Self.head.utf8), at: Self.at(0))
        #expect(connection.wantsInput)
        connection.receive([UInt8](repeating: 65, count: 16 * 1_024), at: Self.at(0))
        #expect(!connection.wantsInput)
    }

    @Test("An error after a good request comes after its answer, and the connection ends")
    func errorAfterGood() {
        var connection = Self.connection()
        connection.receive(Array((Self.head + "BAD\r\n\r\n").utf8), at: Self.at(0))
        connection.respond(Response(), at: Self.at(0))
        connection.sent(at: Self.at(0))
        connection.sent(at: Self.at(1))
        #expect(Self.actions(&connection) == ["handle / 0", "send 200", "send 400", "linger"])
        #expect(connection.deadline == Self.at(3))
        connection.receive(Array(Self.head.utf8), at: Self.at(2))
        #expect(Self.actions(&connection).isEmpty)
        connection.inputEnded(at: Self.at(2))
        #expect(Self.actions(&connection) == ["close"])
    }

    @Test(
        "A client that ends in the middle is told, one that ends in between is not",
        arguments: [
            ("", ["close"]), ("GET / HT", ["send 400"]), ("\r\n", ["close"]),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx", ["send 400"]),
        ])
    func ended(bytes: String, expected: [String]) {
        var connection = Self.connection()
        connection.receive(Array(bytes.utf8), at: Self.at(0))
        connection.inputEnded(at: Self.at(0))
        #expect(Self.actions(&connection) == expected)
    }

    @Test("After the allowed number of requests the connection ends")
    func requestsPerConnection() {
        var configuration = ServerConfiguration()
        configuration.requestsPerConnection = 2
        var connection = Self.connection(configuration)
        for expected in [["handle / 0", "send 200"], ["handle / 0", "send 200", "linger"]] {
            connection.receive(Array(Self.head.utf8), at: Self.at(0))
            connection.respond(Response(), at: Self.at(0))
            connection.sent(at: Self.at(0))
            #expect(Self.actions(&connection) == expected)
        }
    }

    @Test("A handler that says close, and a stop, end the connection after the answer")
    func close() {
        var asked = Self.connection()
        asked.receive(Array(Self.head.utf8), at: Self.at(0))
        asked.respond(Response(fields: [.connection: "close"]), at: Self.at(0))
        asked.sent(at: Self.at(0))
        #expect(Self.actions(&asked) == ["handle / 0", "send 200", "linger"])

        var stopped = Self.connection()
        stopped.receive(Array(Self.head.utf8), at: Self.at(0))
        stopped.drain()
        stopped.respond(Response(), at: Self.at(0))
        stopped.sent(at: Self.at(0))
        #expect(Self.actions(&stopped) == ["handle / 0", "send 200", "linger"])

        var idle = Self.connection()
        idle.drain()
        #expect(Self.actions(&idle) == ["close"])
    }

    @Test("A connection waits from the end of an answer to the end of the next request")
    func waiting() {
        var connection = Self.connection()
        #expect(connection.waitingSince == Self.at(0))
        connection.receive(Array(Self.head.utf8), at: Self.at(1))
        #expect(connection.waitingSince == nil)
        #expect(connection.stuckSince == nil)
        connection.progressed(at: Self.at(1.5))
        #expect(connection.stuckSince == nil)
        connection.respond(Response(), at: Self.at(2))
        #expect(connection.waitingSince == nil)
        connection.sent(at: Self.at(3))
        #expect(connection.waitingSince == Self.at(3))
    }

    @Test("Since when a client has taken nothing of its answer counts anew with everything that it takes")
    func stuck() {
        var connection = Self.connection()
        connection.receive(Array(Self.head.utf8), at: Self.at(1))
        connection.respond(Response(), at: Self.at(2))
        #expect(connection.stuckSince == Self.at(2))
        connection.progressed(at: Self.at(4))
        #expect(connection.stuckSince == Self.at(4))
        connection.sent(at: Self.at(5))
        #expect(connection.stuckSince == nil)
    }

    @Test("An answer to HTTP/1.0 says whether the connection stays")
    func http10() {
        var connection = Self.connection()
        connection.receive(Array("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".utf8), at: Self.at(0))
        _ = connection.nextAction()
        connection.respond(Response.text("x"), at: Self.at(0))
        guard case .send(let bytes)? = connection.nextAction() else {
            Issue.record("no answer")
            return
        }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx")
    }

    @Test(
        "204 and 304 have neither body nor length; a status that is none becomes 500",
        arguments: [(204, 204), (304, 304), (99, 500), (700, 500)])
    func statuses(given: Int, sent: Int) {
        let bytes = ResponseEncoder.encode(
            Response.text("body", status: .init(code: given)), to: .get, keepsAlive: true, date: "d")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 \(sent) "))
        #expect(text.contains("Content-Length") == (sent == 500))
        #expect(text.hasSuffix("\r\n\r\n") == (sent != 500))
    }
}
