import CLinux
import Glibc

/// A non-blocking stream socket. Every descriptor is close-on-exec; no call raises SIGPIPE.
struct Socket: Sendable {
    /// What a read or write gave.
    enum Transfer {
        /// So many bytes; at least one.
        case bytes(Int)
        /// Try again when the socket is ready.
        case notReady
        /// The peer will send no more.
        case ended
        /// The connection is lost.
        case failed
    }

    /// What an accept gave.
    enum Accepted {
        case connection(Socket, SocketAddress)
        case notReady
        /// The connection was gone before it was taken; the next may be fine.
        case gone
        /// No descriptor or memory is left for it.
        case exhausted
    }

    let descriptor: FileDescriptor

    /// - Throws: `.system` when no descriptor is left.
    init(family: Int32) throws(HTTPError) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let raw = Glibc.socket(family, type, 0)
        guard raw >= 0 else {
            throw HTTPError(.system, "No socket is available (\(SystemCall.text(errno))).")
        }
        self.init(FileDescriptor(raw))
    }

    init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Opens a listening socket. The port of a server that just ended binds again at once.
    ///
    /// - Throws: `.bind`.
    static func listening(on address: SocketAddress) throws(HTTPError) -> Socket {
        let socket = try Socket(family: address.family)
        socket.set(SOL_SOCKET, SO_REUSEADDR)
        if address.isIPv6 {
            // One listener a family, so that `::` and `0.0.0.0` can stand beside each other.
            socket.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY)
        }
        guard address.withSocketAddress({ bind(socket.descriptor.raw, $0, $1) }) == 0,
            listen(socket.descriptor.raw, SOMAXCONN) == 0
        else {
            let reason = SystemCall.text(errno)
            throw HTTPError(.bind, "The server cannot listen on \(address.address) port \(address.port): \(reason).")
        }
        return socket
    }

    /// The port that the socket is bound to.
    var localPort: UInt16? {
        SocketAddress.filled { getsockname(descriptor.raw, $0, $1) }.address?.port
    }

    func accept() -> Accepted {
        let (raw, address) = SocketAddress.filled {
            accept4(descriptor.raw, $0, $1, Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue))
        }
        guard raw >= 0 else {
            let number = errno
            switch number {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: return SystemCall.isWouldBlock(number) ? .notReady : .gone
            }
        }
        let socket = Socket(FileDescriptor(raw))
        guard let address else {
            return .gone
        }
        socket.set(Int32(IPPROTO_TCP), TCP_NODELAY)
        return .connection(socket, address)
    }

    /// Begins to connect; the socket becomes writable when that is decided (see `connectionError`).
    ///
    /// - Returns: 0, or the system's error number when the attempt cannot even begin.
    func connect(to address: SocketAddress) -> Int32 {
        set(Int32(IPPROTO_TCP), TCP_NODELAY)
        let result = address.withSocketAddress { Glibc.connect(descriptor.raw, $0, $1) == 0 ? 0 : errno }
        return result == EINPROGRESS || result == EINTR ? 0 : result
    }

    /// Why the connection attempt failed; 0 when it did not.
    var connectionError: Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor.raw, SOL_SOCKET, SO_ERROR, &value, &length) == 0 ? value : errno
    }

    /// Whether the other side has accepted the connection, although nobody has looked yet.
    var isConnected: Bool {
        SocketAddress.filled { getpeername(descriptor.raw, $0, $1) }.result == 0
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        while true {
            let count = recv(descriptor.raw, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                return .bytes(count)
            }
            if count == 0 {
                return .ended
            }
            let number = errno
            if number != EINTR {
                return SystemCall.isWouldBlock(number) ? .notReady : .failed
            }
        }
    }

    func write(_ bytes: ArraySlice<UInt8>) -> Transfer {
        while true {
            let count = bytes.withUnsafeBytes {
                send(descriptor.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                return .bytes(count)
            }
            let number = errno
            if number != EINTR {
                return SystemCall.isWouldBlock(number) ? .notReady : .failed
            }
        }
    }

    /// Says that no more bytes will be sent; those on the way still arrive.
    func endWriting() {
        shutdown(descriptor.raw, Int32(SHUT_WR))
    }

    private func set(_ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor.raw, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
