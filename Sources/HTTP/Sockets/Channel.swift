/// A socket with or without TLS, and the bytes that wait to leave through it. Lives on its loop's thread.
final class Channel {
    /// What arrived.
    enum Received {
        /// Bytes for the program; none while a handshake goes on.
        case bytes([UInt8])
        /// The peer sends no more. Unclean when TLS was cut off without its own end (RFC 8446 section 6.1).
        case ended(isClean: Bool)
        /// The connection is lost.
        case lost
        /// Plain HTTP where a TLS handshake should begin.
        case plainHTTP
    }

    /// What is left to leave.
    enum Flushed {
        case all
        case some
        case lost
    }

    let socket: Socket
    private var tls: TLSSession?
    private var hasReceived = false
    private var outbox: [UInt8] = []
    private var sent = 0
    /// How many bytes have left so far.
    private(set) var written = 0

    init(socket: Socket, tls: TLSSession?) {
        self.socket = socket
        self.tls = tls
    }

    /// Whether the program's bytes can go both ways: at once without TLS, after the handshake with it.
    var isEstablished: Bool {
        tls?.isEstablished ?? true
    }

    /// Reads once.
    ///
    /// - Throws: `.tls`. The caller flushes, so that the alert leaves.
    func receive(using scratch: UnsafeMutableRawBufferPointer) throws(HTTPError) -> Received {
        switch socket.read(into: scratch) {
        case .notReady:
            return .bytes([])
        case .failed:
            return .lost
        case .ended:
            return .ended(isClean: tls?.hasPeerEnded ?? true)
        case .bytes(let count):
            let bytes = UnsafeRawBufferPointer(rebasing: scratch[..<count])
            guard let tls else {
                return .bytes(Array(bytes))
            }
            // A TLS record of a handshake begins with 22; every HTTP method with a letter.
            if !hasReceived, bytes[0].isAlpha {
                self.tls = nil
                return .plainHTTP
            }
            hasReceived = true
            do throws(HTTPError) {
                let read = try tls.receive(bytes)
                outbox += tls.takeOutput()
                switch read {
                case .bytes(let plain): return .bytes(plain)
                case .ended: return .ended(isClean: true)
                }
            } catch {
                outbox += tls.takeOutput()
                throw error
            }
        }
    }

    /// Reads once and forgets what arrived; false at the end.
    func discard(using scratch: UnsafeMutableRawBufferPointer) -> Bool {
        switch socket.read(into: scratch) {
        case .bytes, .notReady: true
        case .ended, .failed: false
        }
    }

    /// Begins the handshake of a client.
    ///
    /// - Throws: `.tls`.
    func beginHandshake() throws(HTTPError) {
        if let tls {
            try tls.advanceHandshake()
            outbox += tls.takeOutput()
        }
    }

    /// Puts bytes in line.
    ///
    /// - Throws: `.tls`.
    func send(_ bytes: [UInt8]) throws(HTTPError) {
        guard let tls else {
            if outbox.isEmpty {
                outbox = bytes
            } else {
                outbox += bytes
            }
            return
        }
        try tls.send(bytes)
        outbox += tls.takeOutput()
    }

    /// Whether bytes wait to leave.
    var hasOutput: Bool {
        sent < outbox.count
    }

    /// Writes as much as the socket takes.
    func flush() -> Flushed {
        while hasOutput {
            switch socket.write(outbox[sent...]) {
            case .bytes(let count):
                sent += count
                written += count
            case .notReady: return .some
            case .ended, .failed: return .lost
            }
        }
        outbox = []
        sent = 0
        return .all
    }

    /// Says that no more will be sent.
    func endWriting() {
        if let tls {
            tls.end()
            outbox += tls.takeOutput()
            // An end that does not fit into the socket now is left out: the peer is not reading.
            _ = flush()
        }
        socket.endWriting()
    }
}
