import Logging
import Synchronization

/// An HTTP/1.1 server on a fixed number of threads. It listens from `init` on (clients wait in the system's queue)
/// and answers while `run` runs.
///
///     let server = try Server(listeners: [Listener(address: "127.0.0.1", port: 0)], handler: hello, logger: logger)
///     print("http://127.0.0.1:\(server.ports[0])/")
///     try await server.run()
public final class Server: Sendable {
    /// The port of each listener, in their order; what the system chose where 0 was asked for.
    public let ports: [UInt16]

    private let context: ServerContext
    /// Taken by `run`, so that the sockets close when it is done.
    private let endpoints: Mutex<[Acceptor.Endpoint]?>

    /// Binds the listeners.
    ///
    /// - Throws: `.bind` for an address that is not an IP literal or not ours, or a port that is taken.
    public init(
        listeners: [Listener], configuration: ServerConfiguration = ServerConfiguration(), handler: any Handler,
        logger: Logger
    ) throws(HTTPError) {
        var endpoints: [Acceptor.Endpoint] = []
        for listener in listeners {
            guard let address = SocketAddress(literal: listener.address, port: listener.port) else {
                throw HTTPError(.bind, "The address to listen on, \(listener.address), is not an IP address.")
            }
            let socket = try Socket.listening(on: address)
            endpoints.append(
                Acceptor.Endpoint(
                    socket: socket, port: socket.localPort ?? listener.port, tls: listener.tls?.context))
        }
        self.ports = endpoints.map(\.port)
        self.endpoints = Mutex(endpoints)
        self.context = ServerContext(configuration: configuration, handler: handler, logger: logger)
    }

    /// Answers requests until the task is cancelled; then accepts no more, lets the requests in hand finish (for at
    /// most
    /// `ServerConfiguration.stopDeadline`), closes everything and returns. Once only.
    ///
    /// - Throws: `HTTPError` `.system` when threads or descriptors are exhausted, `.invalid` when called again.
    public func run() async throws {
        guard let endpoints = endpoints.withLock({ $0.take() }) else {
            throw HTTPError(.invalid, "The server has already run.")
        }
        let end = Latch()
        var loops: [LoopMailbox] = []
        do {
            for _ in 0..<max(1, context.configuration.eventLoops) {
                loops.append(try EventLoop.start { end.leave() })
                end.enter()
            }
        } catch {
            Self.stop(loops, context)
            await end.wait()
            throw error
        }
        loops[0].post { [context, loops] loop in
            for endpoint in endpoints {
                Acceptor.start(endpoint, context: context, loops: loops, on: loop)
            }
        }
        await withTaskCancellationHandler {
            await end.wait()
        } onCancel: { [context, loops] in
            Self.stop(loops, context)
        }
    }

    private static func stop(_ loops: [LoopMailbox], _ context: ServerContext) {
        context.drain()
        for mailbox in loops {
            mailbox.post { loop in
                for acceptor in loop.members(Acceptor.self) {
                    acceptor.stop(on: loop)
                }
                loop.stop(at: loop.now + context.configuration.stopDeadline)
                for connection in loop.members(ConnectionMember.self) {
                    connection.drain(on: loop)
                }
                if loop.members(ConnectionMember.self).isEmpty {
                    loop.stop()
                }
            }
        }
    }
}
