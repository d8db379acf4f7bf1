/// Every limit and time of the server. Deadlines are absolute: a byte that drips in does not extend them.
public struct ServerConfiguration: Sendable, Equatable {
    /// Sizes of what is read.
    public var messages = MessageLimits()
    /// Connections at once, over all listeners and loops. When all are taken, one whose client has been owing longest
    /// makes room: one that takes nothing of its answer, or else one that completes no request. When each is being
    /// served the new one gets 503.
    public var connections = 256
    /// Connections at once from one remote address. When an address has its share, one of its own makes room. A
    /// quarter of all: an office behind one address has room for ten browsers with six busy connections each (idle
    /// ones make room), and one client cannot take the places of all others.
    public var connectionsPerAddress = 64
    /// A client that has owed for less than this makes room only when no other does: it may just be slow.
    public var patience: Duration = .seconds(1)
    /// Threads that run the sockets. Each connection belongs to one of them for life.
    public var eventLoops = 2
    /// Time from the accept (or, on a kept connection, from the first byte) to the end of the head.
    public var headDeadline: Duration = .seconds(10)
    /// Time from the end of the head to the end of the body.
    public var bodyDeadline: Duration = .seconds(30)
    /// Time for the handler. After it the client gets 503 and the handler's task is cancelled. Longer than the
    /// longest Communication Timeout (120 s).
    public var handlerDeadline: Duration = .seconds(150)
    /// Time for the client to take the whole answer.
    public var writeDeadline: Duration = .seconds(60)
    /// Time that a kept connection may be silent between requests.
    public var idleDeadline: Duration = .seconds(20)
    /// Time from the accept to the end of the TLS handshake.
    public var handshakeDeadline: Duration = .seconds(10)
    /// Time that a closing connection stays half open so that the client reads the last answer (RFC 9112 section
    /// 9.6).
    public var lingerDeadline: Duration = .seconds(2)
    /// Time that a graceful stop gives to the requests in hand.
    public var stopDeadline: Duration = .seconds(10)
    /// Requests on one connection; the last answer says `Connection: close`.
    public var requestsPerConnection = 10_000
    /// Bytes that a client may send ahead while its request is being answered (pipelining). More stay in the kernel.
    public var pipelinedBytes = 16 * 1_024

    /// The defaults.
    public init() {}
}
