/// Takes connections from one listening socket and deals them out to the loops in turn.
final class Acceptor: LoopMember {
    /// What is needed to begin on another loop.
    struct Endpoint: Sendable {
        let socket: Socket
        let port: UInt16
        let tls: TLSContext?
    }

    let descriptor: FileDescriptor
    private let endpoint: Endpoint
    private let context: ServerContext
    private let loops: [LoopMailbox]
    private var token: EventLoop.Token?
    private var turn = 0

    /// Connections taken in one turn of the loop, so that a flood does not starve the connections that are there.
    static let batch = 32
    /// How long to wait when descriptors are exhausted.
    private static let pause: Duration = .milliseconds(200)

    private init(_ endpoint: Endpoint, context: ServerContext, loops: [LoopMailbox]) {
        self.descriptor = endpoint.socket.descriptor
        self.endpoint = endpoint
        self.context = context
        self.loops = loops
    }

    /// Begins to accept on this loop.
    static func start(_ endpoint: Endpoint, context: ServerContext, loops: [LoopMailbox], on loop: EventLoop) {
        let acceptor = Acceptor(endpoint, context: context, loops: loops)
        acceptor.token = loop.add(acceptor, for: .read)
        if acceptor.token == nil {
            context.logger.error("The listening socket cannot be watched", metadata: ["port": "\(endpoint.port)"])
        }
    }

    /// Ends accepting.
    func stop(on loop: EventLoop) {
        if let token {
            loop.remove(token)
        }
    }

    func ready(_ readiness: Readiness, on loop: EventLoop) {
        for _ in 0..<Self.batch {
            switch endpoint.socket.accept() {
            case .connection(let socket, let address):
                deal(socket, address, on: loop)
            case .gone:
                continue
            case .notReady:
                return
            case .exhausted:
                wait(on: loop)
                return
            }
        }
    }

    func deadlinePassed(on loop: EventLoop) {
        if let token {
            loop.watch(token, for: .read)
        }
    }

    func loopEnded(_ loop: EventLoop) {}

    private func deal(_ socket: Socket, _ address: SocketAddress, on loop: EventLoop) {
        let facts = ConnectionFacts(
            remoteAddress: address.address, localPort: endpoint.port, isSecure: endpoint.tls != nil)
        turn = (turn + 1) % loops.count
        loops[turn].post { [context, tls = endpoint.tls] loop in
            ConnectionMember.open(socket, facts: facts, tls: tls, context: context, on: loop)
        }
    }

    /// Descriptors or memory are exhausted: lets waiting connections go and looks again later, instead of spinning on
    /// the same event.
    private func wait(on loop: EventLoop) {
        context.logger.warning("No more connections can be accepted now", metadata: ["port": "\(endpoint.port)"])
        for mailbox in loops {
            mailbox.post { loop in ConnectionMember.makeRoom(for: Self.batch, on: loop) }
        }
        if let token {
            loop.watch(token, for: [])
            loop.setDeadline(token, loop.now + Self.pause)
        }
    }
}
