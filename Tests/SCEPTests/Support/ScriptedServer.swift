import Glibc

@testable import HTTP

/// A server of one connection on loopback that does what a script says with the request it has read.
enum ScriptedServer {
    enum Script: Sendable {
        /// Sends the text and closes.
        case reply(String)
        /// Sends the text and closes with a reset.
        case reset(after: String)
        /// Says nothing until the client closes.
        case silence
    }

    /// A port of loopback that refuses connections for as long as this lives: taken, but nobody listens.
    struct ClosedPort: Sendable {
        private let socket: FileDescriptor
        let port: UInt16

        init() throws {
            socket = FileDescriptor(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let raw = socket.raw
            let result = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(raw, $0, length) == 0 && getsockname(raw, $0, &length) == 0
                }
            }
            guard result else { throw HTTPError(.bind, "no port") }
            port = UInt16(bigEndian: address.sin_port)
        }
    }

    private static let work = BlockingWork(threads: 8)

    /// Runs the script for one connection while the body runs, and gives the body's result.
    static func run<Result: Sendable>(
        _ script: Script, _ body: @escaping @Sendable (UInt16) async throws -> Result
    ) async throws -> Result {
        guard let address = SocketAddress(literal: "127.0.0.1", port: 0) else { throw HTTPError(.bind, "no address") }
        let listening = try Socket.listening(on: address)
        async let served: Void = work.run { serve(listening, script) }
        let result = try await body(listening.localPort ?? 0)
        try await served
        return result
    }

    private static func serve(_ listening: Socket, _ script: Script) {
        // Listening sockets do not block; the test's client is on its way.
        var watched = pollfd(fd: listening.descriptor.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, 60_000) == 1 else { return }
        let raw = accept(listening.descriptor.raw, nil, nil)
        let socket = FileDescriptor(raw)
        var limit = timeval(tv_sec: 180, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        readRequest(socket)
        switch script {
        case .reply(let text):
            send(socket, text)
            shutdown(raw, Int32(SHUT_WR))
            readToEnd(socket)
        case .reset(let text):
            send(socket, text)
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(raw, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        case .silence: readToEnd(socket)
        }
    }

    private static func readRequest(_ socket: FileDescriptor) {
        var parser = RequestParser()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket.raw, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            parser.append(buffer[..<count])
            while let event = try? parser.next() {
                if event == .end { return }
            }
        }
    }

    private static func readToEnd(_ socket: FileDescriptor) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while recv(socket.raw, &buffer, buffer.count, 0) > 0 {}
    }

    private static func send(_ socket: FileDescriptor, _ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(socket.raw, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
