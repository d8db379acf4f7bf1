import Glibc
import Synchronization

/// A listening socket and the connections that it has accepted, all blocking, all closed by ``stop()``.
///
/// The product's server is not used where a fault changes how a response travels: it delivers responses whole.
final class BlockingListener: Sendable {
    /// More at once are closed at once.
    static let mostConnections = 64
    /// How long a read or a write may take, in seconds.
    static let patience = 10

    private struct State {
        var connections: Set<Int32> = []
        var isStopped = false
    }

    /// The port, also when any free one was asked for.
    let port: UInt16
    private let socket: Int32
    private let state = Mutex(State())

    /// - Parameters:
    ///   - address: an IPv4 or IPv6 literal.
    ///   - port: 0 picks a free one.
    init(address: String, port: UInt16) throws(PracticeCAError) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, String(port), &hints, &found) == 0, let info = found?.pointee else {
            throw PracticeCAError(.network, "\(address) is not an IP address")
        }
        defer { freeaddrinfo(found) }
        let opened = Glibc.socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard opened >= 0 else { throw PracticeCAError(.network, "no socket is available") }
        var on: Int32 = 1
        setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(opened, info.ai_addr, info.ai_addrlen) == 0, listen(opened, SOMAXCONN) == 0,
            let bound = Self.port(of: opened)
        else {
            let reason = String(cString: strerror(errno))
            close(opened)
            throw PracticeCAError(.network, "cannot listen on \(address) port \(port): \(reason)")
        }
        socket = opened
        self.port = bound
    }

    deinit {
        close(socket)
    }

    /// The next connection; nil when the listener has been stopped. The caller hands it back to ``finish(_:)``.
    func accept() -> Int32? {
        while true {
            let connection = Glibc.accept(socket, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return nil
            }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
            setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
            var on: Int32 = 1
            setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            let isTaken = state.withLock { state in
                guard !state.isStopped, state.connections.count < Self.mostConnections else { return false }
                return state.connections.insert(connection).inserted
            }
            if isTaken { return connection }
            close(connection)
        }
    }

    /// Some bytes; nil when there will be no more.
    func read(_ connection: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16384)
        var count = recv(connection, &buffer, buffer.count, 0)
        while count < 0, errno == EINTR { count = recv(connection, &buffer, buffer.count, 0) }
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Whether all bytes were taken.
    func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Has ``finish(_:)`` reset the connection instead of ending it in good order.
    func resetOnFinish(_ connection: Int32) {
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
    }

    /// Closes a connection.
    func finish(_ connection: Int32) {
        state.withLock { state in
            state.connections.remove(connection)
            close(connection)
        }
    }

    /// Wakes whoever waits in ``accept()``, ``read(_:)`` or ``write(_:to:)``.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
        shutdown(socket, Int32(SHUT_RDWR))
    }

    private static func port(of socket: Int32) -> UInt16? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard getsockname(socket, pointer, &length) == 0 else { return nil }
                // The port is at the same place in both families' addresses.
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin_port)
                }
            }
        }
    }
}
