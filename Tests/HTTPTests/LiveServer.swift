import Glibc
import HTTPTypes
import Logging
import Synchronization

@testable import HTTP

/// A handler from a closure.
struct Answering: Handler {
    let answer: @Sendable (Request) async -> Response

    init(_ answer: @escaping @Sendable (Request) async -> Response) {
        self.answer = answer
    }

    func respond(to request: Request) async -> Response {
        await answer(request)
    }

    /// Answers with what was asked.
    static let echo = Answering { request in
        let query = request.query.map { "?\($0)" } ?? ""
        let body = String(decoding: request.body, as: UTF8.self)
        return Response.text("\(request.method.rawValue) \(request.path)\(query) [\(body)]")
    }
}

/// How often something has happened.
final class Counted: Sendable {
    private let count = Mutex(0)
    private var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }

    /// Returns when it has happened so often, or the task is cancelled.
    func reach(_ target: Int) async {
        while value < target, (try? await Task.sleep(for: .milliseconds(10))) != nil {}
    }
}

/// A server on the loopback for the time of a test.
enum LiveServer {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// The limits of the product, with time for a machine on which everything else runs too.
    static let patient: ServerConfiguration = {
        var configuration = ServerConfiguration()
        configuration.headDeadline = .seconds(180)
        configuration.bodyDeadline = .seconds(180)
        configuration.handshakeDeadline = .seconds(180)
        return configuration
    }()

    static func run<Result: Sendable>(
        configuration: ServerConfiguration = patient, tls: TLSIdentity? = nil,
        address: String = "127.0.0.1", handler: any Handler = Answering.echo,
        _ body: @escaping @Sendable (UInt16) async throws -> Result
    ) async throws -> Result {
        let server = try Server(
            listeners: [Listener(address: address, port: 0, tls: tls)], configuration: configuration, handler: handler,
            logger: silent)
        let running = Task { try await server.run() }
        defer { running.cancel() }
        let result = try await body(server.ports[0])
        running.cancel()
        try await running.value
        return result
    }
}

/// A client that sends what it is told to, good or bad.
enum RawClient {
    private static let work = BlockingWork(threads: 8)

    /// Sends the pieces one by one and reads until the server closes.
    static func exchange(
        _ port: UInt16, _ pieces: [String], halfCloses: Bool = false, from address: String = "127.0.0.1"
    ) async throws -> String {
        try await work.run {
            let socket = try connected(port, from: address)
            for piece in pieces {
                send(socket, piece)
            }
            if halfCloses {
                shutdown(socket.raw, Int32(SHUT_WR))
            }
            return String(decoding: readToEnd(socket), as: UTF8.self)
        }
    }

    /// Reads what is there until the server closes.
    static func read(_ socket: FileDescriptor) async throws -> [UInt8] {
        try await work.run { readToEnd(socket) }
    }

    /// - Parameter address: the client's own, one of the loopback's.
    static func connected(_ port: UInt16, from address: String = "127.0.0.1") throws -> FileDescriptor {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let descriptor = FileDescriptor(raw)
        var on: Int32 = 1
        setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        var limit = timeval(tv_sec: 180, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let own = SocketAddress(literal: address, port: 0),
            let server = SocketAddress(literal: "127.0.0.1", port: port),
            own.withSocketAddress({ Glibc.bind(raw, $0, $1) }) == 0,
            server.withSocketAddress({ Glibc.connect(raw, $0, $1) }) == 0
        else {
            throw HTTPError(.connect, "no connection")
        }
        return descriptor
    }

    static func send(_ socket: FileDescriptor, _ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(socket.raw, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Has the socket's close break the connection off instead of ending it.
    static func resetWhenClosed(_ socket: FileDescriptor) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket.raw, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    static func readToEnd(_ socket: FileDescriptor) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket.raw, &buffer, buffer.count, 0)
            guard count > 0 else {
                return bytes
            }
            bytes += buffer[..<count]
        }
    }
}
