import HTTPTypes

/// One request and its response on the client's loop: connects to one address after the other, sends, receives, and
/// reports once.
final class ClientExchange: LoopMember {
    /// Where the result goes.
    typealias Completion = @Sendable (Result<ClientResponse, HTTPError>) -> Void

    /// What is asked of whom, until when.
    struct Order: Sendable {
        let method: HTTPRequest.Method
        /// Head and body.
        let bytes: [UInt8]
        /// The name that a TLS server must prove.
        let host: String
        let addresses: [SocketAddress]
        let tls: TLSContext?
        let limits: MessageLimits
        let deadline: ContinuousClock.Instant
    }

    private enum Phase {
        case connecting
        case handshaking
        case exchanging
    }

    /// Names the exchange among those of its loop.
    let identity: ObjectIdentifier

    private let order: Order
    private let completion: Completion
    /// The addresses that are left, the next one last.
    private var untried: [SocketAddress]
    private var channel: Channel
    private var address: SocketAddress
    private var phase = Phase.connecting
    private var parser: ResponseParser
    private var head: ResponseHead?
    private var body: [UInt8] = []
    private var token: EventLoop.Token = 0
    private var watched: Readiness = .write
    private var hasSent = false
    private var lastFailure = HTTPError(.connect, "The server has no address.")

    var descriptor: FileDescriptor {
        channel.socket.descriptor
    }

    /// Begins an exchange on this loop.
    static func start(
        _ order: Order, identity: ObjectIdentifier, on loop: EventLoop, completion: @escaping Completion
    ) {
        var untried = Array(order.addresses.reversed())
        var failure = HTTPError(.connect, "The server has no address.")
        while let address = untried.popLast() {
            do throws(HTTPError) {
                let channel = try connect(to: address, order)
                let exchange = ClientExchange(order, identity, address, channel, untried, completion)
                try exchange.join(loop)
                return
            } catch {
                failure = error
            }
        }
        completion(.failure(failure))
    }

    private init(
        _ order: Order, _ identity: ObjectIdentifier, _ address: SocketAddress, _ channel: Channel,
        _ untried: [SocketAddress], _ completion: @escaping Completion
    ) {
        self.identity = identity
        self.order = order
        self.address = address
        self.channel = channel
        self.untried = untried
        self.completion = completion
        self.parser = ResponseParser(to: order.method, limits: order.limits)
    }

    /// Gives up; the caller is told that it cancelled.
    func cancel(on loop: EventLoop) {
        finish(.failure(error(.cancelled, "The request was cancelled.")), on: loop)
    }

    func ready(_ readiness: Readiness, on loop: EventLoop) {
        do throws(HTTPError) {
            if phase == .connecting {
                let number = channel.socket.connectionError
                guard number == 0 else {
                    throw HTTPError(
                        .connect, "\(address.address) does not accept the connection: \(SystemCall.text(number)).")
                }
                try connected(on: loop)
            }
            if !readiness.isDisjoint(with: [.read, .lost]) {
                try receive(on: loop)
            }
            guard loop.member(token) != nil else {
                return
            }
            try flush(on: loop)
        } catch {
            fail(error, on: loop)
        }
    }

    func deadlinePassed(on loop: EventLoop) {
        if loop.now < order.deadline {
            // Only this address's share of the time is over.
            fail(HTTPError(.connect, "\(address.address) does not answer."), on: loop)
        } else {
            let what = isConnected ? "answer" : "accept the connection"
            finish(.failure(error(.timedOut, "\(address.address) did not \(what) in time.")), on: loop)
        }
    }

    func loopEnded(_ loop: EventLoop) {
        completion(.failure(error(.cancelled, "The client was closed.")))
    }

    private static func connect(to address: SocketAddress, _ order: Order) throws(HTTPError) -> Channel {
        let socket = try Socket(family: address.family)
        let number = socket.connect(to: address)
        guard number == 0 else {
            throw HTTPError(.connect, "\(address.address) cannot be reached: \(SystemCall.text(number)).")
        }
        let session: TLSSession? =
            if let tls = order.tls { try TLSSession(client: tls, host: order.host) } else { nil }
        return Channel(socket: socket, tls: session)
    }

    /// Watches the connection attempt. It gets its share of the time, so that an address that swallows packets leaves
    /// some to the others.
    private func join(_ loop: EventLoop) throws(HTTPError) {
        guard let token = loop.add(self, for: .write) else {
            throw HTTPError(.system, "The connection cannot be watched.")
        }
        self.token = token
        watched = .write
        let share = loop.now.duration(to: order.deadline) / (untried.count + 1)
        loop.setDeadline(token, untried.isEmpty ? order.deadline : loop.now + share)
    }

    private func connected(on loop: EventLoop) throws(HTTPError) {
        phase = .handshaking
        loop.setDeadline(token, order.deadline)
        try channel.beginHandshake()
        try sendWhenEstablished()
    }

    private func sendWhenEstablished() throws(HTTPError) {
        if phase == .handshaking, channel.isEstablished {
            phase = .exchanging
            // From here on the server may act on the request, even if the next write fails.
            hasSent = true
            try channel.send(order.bytes)
        }
    }

    private func receive(on loop: EventLoop) throws(HTTPError) {
        switch try channel.receive(using: loop.scratch) {
        case .bytes(let bytes):
            try sendWhenEstablished()
            parser.append(bytes)
        case .ended(let isClean):
            guard phase == .exchanging else {
                throw HTTPError(.tls, "The server closed the connection during the TLS handshake.")
            }
            guard isClean else {
                // The end of a TLS stream that was cut off says nothing about the end of a body.
                throw HTTPError(.closed, "The server cut the TLS connection off before its reply was complete.")
            }
            parser.inputEnded()
        case .lost:
            throw HTTPError(.closed, "The connection to the server was lost.")
        case .plainHTTP:
            throw HTTPError(.tls, "The server does not speak TLS on this port.")
        }
        if phase == .exchanging {
            try parse(on: loop)
        }
    }

    private func parse(on loop: EventLoop) throws(HTTPError) {
        while let event = try parser.next() {
            switch event {
            case .head(let head):
                self.head = head
            case .body(let piece):
                body.append(contentsOf: piece)
            case .end:
                if let head {
                    let response = ClientResponse(
                        status: head.status, fields: head.fields, body: body, remoteAddress: address.address)
                    finish(.success(response), on: loop)
                }
                return
            }
        }
    }

    private func flush(on loop: EventLoop) throws(HTTPError) {
        var wanted: Readiness = .read
        switch channel.flush() {
        case .all: break
        case .some: wanted.insert(.write)
        case .lost:
            // The answer to a request that the server did not read to the end may be here already; reading tells.
            wanted = .read
        }
        if wanted != watched {
            watched = wanted
            loop.watch(token, for: wanted)
        }
    }

    /// Goes on to the next address while nothing was sent; else reports.
    private func fail(_ failure: HTTPError, on loop: EventLoop) {
        guard !hasSent, phase == .connecting else {
            finish(.failure(error(failure.code, failure.reason)), on: loop)
            return
        }
        loop.remove(token)
        lastFailure = failure
        while let next = untried.popLast() {
            do throws(HTTPError) {
                channel = try Self.connect(to: next, order)
                address = next
                try join(loop)
                return
            } catch {
                lastFailure = error
            }
        }
        completion(.failure(lastFailure))
    }

    /// On a busy machine the deadline can come before the news of the connection.
    private var isConnected: Bool { phase != .connecting || channel.socket.isConnected }

    private func error(_ code: HTTPError.Code, _ reason: String) -> HTTPError {
        HTTPError(code, reason, requestMayHaveArrived: hasSent, wasConnected: isConnected)
    }

    private func finish(_ result: Result<ClientResponse, HTTPError>, on loop: EventLoop) {
        loop.remove(token)
        completion(result)
    }
}
