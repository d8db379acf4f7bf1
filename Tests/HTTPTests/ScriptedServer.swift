import Glibc

@testable import HTTP

/// A server of one connection that answers with given bytes, good or bad.
enum ScriptedServer {
    /// What it does after it has read the request.
    enum Script: Sendable {
        /// Sends the text and closes.
        case reply(String)
        /// Sends the text and keeps the connection open until the client closes it.
        case replyAndStay(String)
        /// Sends a byte every few milliseconds, for ever.
        case drip
        /// Closes with a reset.
        case reset
    }

    private static let work = BlockingWork(threads: 8)

    /// Runs the script for one connection and returns what the client sent up to the end of its head and body.
    static func run<Result: Sendable>(
        _ script: Script, _ body: @escaping @Sendable (UInt16) async throws -> Result
    ) async throws -> (result: Result, request: String) {
        guard let address = SocketAddress(literal: "127.0.0.1", port: 0) else {
            throw HTTPError(.bind, "no address")
        }
        let listening = try Socket.listening(on: address)
        async let request = work.run { serve(listening, script) }
        let result = try await body(listening.localPort ?? 0)
        return (result, try await request)
    }

    private static func serve(_ listening: Socket, _ script: Script) -> String {
        // Listening sockets do not block; the test's client is on its way.
        var watched = pollfd(fd: listening.descriptor.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, 180_000) == 1 else {
            return "nobody came"
        }
        let raw = accept(listening.descriptor.raw, nil, nil)
        let socket = FileDescriptor(raw)
        var limit = timeval(tv_sec: 180, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let request = readRequest(socket)
        switch script {
        case .reply(let text):
            send(socket, text)
            shutdown(raw, Int32(SHUT_WR))
            _ = RawClient.readToEnd(socket)
        case .replyAndStay(let text):
            send(socket, text)
            _ = RawClient.readToEnd(socket)
        case .drip:
            send(socket, "HTTP/1.1 200 OK\r\n\r\n")
            while send(socket, "x") { usleep(5_000) }
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(raw, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        }
        return request
    }

    private static func readRequest(_ socket: FileDescriptor) -> String {
        var parser = RequestParser()
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket.raw, &buffer, buffer.count, 0)
            guard count > 0 else {
                return String(decoding: bytes, as: UTF8.self)
            }
            bytes += buffer[..<count]
            parser.append(buffer[..<count])
            while let event = try? parser.next() {
                if event == .end {
                    return String(decoding: bytes, as: UTF8.self)
                }
            }
        }
    }

    @discardableResult
    private static func send(_ socket: FileDescriptor, _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(socket.raw, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }
}
