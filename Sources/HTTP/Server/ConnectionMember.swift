import Logging

/// One connection of the server on its loop: moves bytes between channel and `ServerConnection`, and runs the
/// handler.
final class ConnectionMember: LoopMember {
    private let channel: Channel
    private let facts: ConnectionFacts
    private let context: ServerContext
    /// Nil during the TLS handshake.
    private var connection: ServerConnection?
    private let opened: ContinuousClock.Instant
    private var token: EventLoop.Token = 0
    private var watched: Readiness = .read
    private var handling: Task<Void, Never>?
    private var handled = 0

    var descriptor: FileDescriptor {
        channel.socket.descriptor
    }

    private init(_ channel: Channel, facts: ConnectionFacts, context: ServerContext, at now: ContinuousClock.Instant) {
        self.channel = channel
        self.facts = facts
        self.context = context
        self.opened = now
    }

    /// Takes a new connection in, or turns it away when the loop or the address's share is full or the server stops.
    static func open(
        _ socket: Socket, facts: ConnectionFacts, tls: TLSContext?, context: ServerContext, on loop: EventLoop
    ) {
        guard !context.isDraining else {
            return
        }
        guard findRoom(for: facts.remoteAddress, context: context, on: loop) else {
            // Not a warning: strangers set the pace, and a log that nobody reads must not hold the loop up.
            context.logger.debug("A connection was turned away: all are being served")
            turnAway(socket, isSecure: tls != nil, context: context)
            return
        }
        do {
            let session = try tls.map { context throws(HTTPError) in try TLSSession(server: context) }
            let member = ConnectionMember(
                Channel(socket: socket, tls: session), facts: facts, context: context, at: loop.now)
            guard let token = loop.add(member, for: .read) else {
                throw HTTPError(.system, "The connection cannot be watched.")
            }
            member.token = token
            member.begin(on: loop)
        } catch {
            context.logger.error("A connection was dropped", metadata: ["reason": "\(error)"])
        }
    }

    /// Closes the connections that can be spared best, to free what the system lacks.
    static func makeRoom(for count: Int, on loop: EventLoop) {
        makeRoom(for: count, among: loop.members(ConnectionMember.self), on: loop)
    }

    /// Whether there is room for one more from this address, if need be because another connection has made it. An
    /// address that has its share makes room among its own: it cannot push others out.
    private static func findRoom(for address: String, context: ServerContext, on loop: EventLoop) -> Bool {
        let members = loop.members(ConnectionMember.self)
        let own = members.filter { $0.facts.remoteAddress == address }
        if own.count >= context.connectionsPerAddressAndLoop {
            return makeRoom(for: 1, among: own, on: loop)
        }
        return members.count < context.connectionsPerLoop || makeRoom(for: 1, among: members, on: loop)
    }

    /// - Returns: false when each is being served.
    @discardableResult
    private static func makeRoom(for count: Int, among members: [ConnectionMember], on loop: EventLoop) -> Bool {
        let owing = members.compactMap { member in member.debt(at: loop.now).map { (member, $0) } }
        for (member, _) in owing.sorted(by: { $0.1 < $1.1 }).prefix(count) {
            member.close(on: loop)
        }
        return !owing.isEmpty
    }

    /// Lets the request in hand finish; a connection without one closes.
    func drain(on loop: EventLoop) {
        if connection == nil {
            close(on: loop)
        } else {
            connection?.drain()
            settle(on: loop)
        }
    }

    func ready(_ readiness: Readiness, on loop: EventLoop) {
        if !readiness.isDisjoint(with: .lost), !readiness.contains(.read) {
            close(on: loop)
            return
        }
        if readiness.contains(.read), watched.contains(.read) {
            receive(on: loop)
        }
        if loop.member(token) != nil {
            settle(on: loop)
            if !readiness.isDisjoint(with: .lost), connection?.wantsInput != true {
                close(on: loop)
            }
        }
    }

    func deadlinePassed(on loop: EventLoop) {
        guard connection != nil else {
            context.logger.debug("A TLS handshake took too long")
            close(on: loop)
            return
        }
        connection?.deadlinePassed(at: loop.now)
        settle(on: loop)
    }

    func loopEnded(_ loop: EventLoop) {
        handling?.cancel()
    }

    /// What the client owes, the first to make room first: those that have long taken nothing of their answer, those
    /// that have long completed no request or handshake, then those that have only begun to owe either. Nil while the
    /// client waits for us.
    private func debt(at now: ContinuousClock.Instant) -> (rank: Int, since: ContinuousClock.Instant)? {
        let patience = context.configuration.patience
        if let since = connection?.stuckSince {
            return (now - since >= patience ? 0 : 2, since)
        }
        let waiting = connection.map(\.waitingSince) ?? opened
        return waiting.map { (now - $0 >= patience ? 1 : 3, $0) }
    }

    /// Answers 503 as far as the socket takes it at once; with TLS there is nobody to talk to before the handshake.
    private static func turnAway(_ socket: Socket, isSecure: Bool, context: ServerContext) {
        guard !isSecure else {
            return
        }
        let response = Response.text("The server has no room for another connection.\n", status: .serviceUnavailable)
        let bytes = ResponseEncoder.encode(response, to: nil, keepsAlive: false, date: context.date.value)
        _ = socket.write(bytes[...])
        socket.endWriting()
    }

    private func begin(on loop: EventLoop) {
        if channel.isEstablished {
            makeConnection(at: loop.now)
            settle(on: loop)
        } else {
            loop.setDeadline(token, opened + context.configuration.handshakeDeadline)
        }
    }

    private func makeConnection(at now: ContinuousClock.Instant) {
        connection = ServerConnection(
            configuration: context.configuration, facts: facts, at: now, date: { [date = context.date] in date.value })
    }

    private func receive(on loop: EventLoop) {
        if connection?.isLingering == true {
            if !channel.discard(using: loop.scratch) {
                close(on: loop)
            }
            return
        }
        do throws(HTTPError) {
            switch try channel.receive(using: loop.scratch) {
            case .bytes(let bytes):
                if connection == nil, channel.isEstablished {
                    makeConnection(at: loop.now)
                }
                if !bytes.isEmpty {
                    connection?.receive(bytes, at: loop.now)
                }
            case .ended:
                if connection == nil {
                    close(on: loop)
                } else {
                    connection?.inputEnded(at: loop.now)
                }
            case .lost:
                close(on: loop)
            case .plainHTTP:
                makeConnection(at: loop.now)
                connection?.refuse(
                    .badRequest, "This port speaks HTTPS only; use https:// in the address.", at: loop.now)
            }
        } catch {
            context.logger.debug(
                "A TLS connection failed", metadata: ["peer": "\(facts.remoteAddress)", "reason": "\(error)"])
            _ = channel.flush()
            close(on: loop)
        }
    }

    /// Does what the connection asks for until it waits for something, then tells the loop what that is.
    private func settle(on loop: EventLoop) {
        var flushed = Channel.Flushed.all
        repeat {
            while let action = connection?.nextAction() {
                guard perform(action, on: loop) else {
                    return
                }
            }
            let (hadOutput, written) = (channel.hasOutput, channel.written)
            flushed = channel.flush()
            switch flushed {
            case .lost:
                close(on: loop)
                return
            case .all where hadOutput:
                connection?.sent(at: loop.now)
            case .some where channel.written > written:
                connection?.progressed(at: loop.now)
            case .all, .some:
                break
            }
        } while connection?.hasActions == true
        watch(flushed, on: loop)
        if let connection {
            loop.setDeadline(token, connection.deadline)
        }
    }

    private func watch(_ flushed: Channel.Flushed, on loop: EventLoop) {
        var wanted: Readiness = connection?.wantsInput ?? true ? .read : []
        if flushed == .some {
            wanted.insert(.write)
        }
        if wanted != watched {
            watched = wanted
            loop.watch(token, for: wanted)
        }
    }

    /// - Returns: whether the connection is still there.
    private func perform(_ action: ServerConnection.Action, on loop: EventLoop) -> Bool {
        switch action {
        case .handle(let request):
            handle(request, on: loop)
        case .send(let bytes):
            do throws(HTTPError) {
                try channel.send(bytes)
            } catch {
                close(on: loop)
                return false
            }
        case .abandonHandler:
            handled += 1
            handling?.cancel()
            handling = nil
        case .linger:
            channel.endWriting()
        case .close:
            close(on: loop)
            return false
        }
        return true
    }

    private func handle(_ request: Request, on loop: EventLoop) {
        handled += 1
        let number = handled
        handling = Task { [handler = context.handler, mailbox = loop.mailbox, token] in
            let response = await handler.respond(to: request)
            mailbox.post { loop in
                (loop.member(token) as? ConnectionMember)?.answer(response, to: number, on: loop)
            }
        }
    }

    private func answer(_ response: Response, to number: Int, on loop: EventLoop) {
        guard number == handled else {
            return
        }
        handling = nil
        connection?.respond(response, at: loop.now)
        settle(on: loop)
    }

    private func close(on loop: EventLoop) {
        handling?.cancel()
        loop.remove(token)
        if context.isDraining, loop.members(ConnectionMember.self).isEmpty {
            loop.stop()
        }
    }
}
