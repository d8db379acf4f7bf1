import HTTPTypes

/// The life of one connection, without its socket: bytes, answers and deadlines go in with the time they happen at,
/// actions come out. A value,
/// so that tests run it by hand.
struct ServerConnection: Sendable {
    /// What the owner of the socket is to do, in order.
    enum Action: Sendable {
        /// Hand the request to the handler; `respond` takes its answer.
        case handle(Request)
        /// Send these bytes; `sent` tells that all of them left.
        case send([UInt8])
        /// The handler's answer is no longer wanted.
        case abandonHandler
        /// Send no more, read and forget what comes, until the peer closes or the deadline passes.
        case linger
        /// Close at once.
        case close
    }

    private enum Phase {
        /// Nothing of the next request is here.
        case idle
        case head
        case body(RequestHead, [UInt8])
        case handling(RequestHead)
        case sending(keepsAlive: Bool)
        case lingering
        case closed
    }

    private let configuration: ServerConfiguration
    private let facts: ConnectionFacts
    private let date: @Sendable () -> String
    private var parser: RequestParser
    private var phase = Phase.idle
    private var actions: [Action] = []
    private var requests = 0
    private var isInputEnded = false
    private var isDraining = false

    /// When `deadlinePassed` is to be called.
    private(set) var deadline: ContinuousClock.Instant?
    /// Since when the connection waits for the client to complete a request, or to close; nil while it does not.
    private(set) var waitingSince: ContinuousClock.Instant?
    /// Since when the client has taken nothing of the answer that is being sent; nil while none is.
    private(set) var stuckSince: ContinuousClock.Instant?

    /// A connection that was just opened.
    ///
    /// - Parameter date: gives the Date field's value.
    init(
        configuration: ServerConfiguration, facts: ConnectionFacts, at now: ContinuousClock.Instant,
        date: @escaping @Sendable () -> String
    ) {
        self.configuration = configuration
        self.facts = facts
        self.date = date
        self.parser = RequestParser(limits: configuration.messages)
        self.deadline = now + configuration.headDeadline
        self.waitingSince = now
    }

    /// The next thing to do.
    mutating func nextAction() -> Action? {
        actions.isEmpty ? nil : actions.removeFirst()
    }

    /// Whether there is something to do.
    var hasActions: Bool {
        !actions.isEmpty
    }

    /// Whether more bytes are wanted now; what is not read stays in the kernel and slows the client down.
    var wantsInput: Bool {
        guard !isInputEnded else {
            return false
        }
        switch phase {
        case .idle, .head, .body, .lingering: return true
        case .handling, .sending: return parser.bufferedBytes < configuration.pipelinedBytes
        case .closed: return false
        }
    }

    /// Whether input is to be read and forgotten.
    var isLingering: Bool {
        if case .lingering = phase { true } else { false }
    }

    /// Bytes arrived.
    mutating func receive(_ bytes: [UInt8], at now: ContinuousClock.Instant) {
        switch phase {
        case .lingering, .closed:
            return
        case .idle, .head, .body, .handling, .sending:
            parser.append(bytes)
            advance(at: now)
        }
    }

    /// The client sends no more; it may still read (it half closed).
    mutating func inputEnded(at now: ContinuousClock.Instant) {
        isInputEnded = true
        switch phase {
        case .idle, .lingering: close()
        case .head where parser.isBetweenRequests: close()
        case .head, .body: refuse(.badRequest, "The request ended before it was complete.", at: now)
        case .handling, .sending, .closed: break
        }
    }

    /// The handler answered.
    mutating func respond(_ response: Response, at now: ContinuousClock.Instant) {
        guard case .handling(let head) = phase else {
            return
        }
        let keepsAlive =
            head.keepsAlive && !isDraining && !hasNothingToCome && requests < configuration.requestsPerConnection
            && !ResponseEncoder.wantsClose(response)
        send(
            ResponseEncoder.encode(
                response, to: head.method, minorVersion: head.minorVersion, keepsAlive: keepsAlive, date: date()),
            keepsAlive: keepsAlive, at: now)
    }

    /// Some bytes left.
    mutating func progressed(at now: ContinuousClock.Instant) {
        if stuckSince != nil {
            stuckSince = now
        }
    }

    /// All bytes left.
    mutating func sent(at now: ContinuousClock.Instant) {
        guard case .sending(let keepsAlive) = phase else {
            return
        }
        stuckSince = nil
        if keepsAlive, !isDraining || parser.bufferedBytes > 0, !hasNothingToCome {
            phase = .idle
            deadline = now + configuration.idleDeadline
            waitingSince = now
            advance(at: now)
        } else if isInputEnded {
            close()
        } else {
            phase = .lingering
            deadline = now + configuration.lingerDeadline
            waitingSince = now
            actions.append(.linger)
        }
    }

    /// The deadline passed.
    mutating func deadlinePassed(at now: ContinuousClock.Instant) {
        switch phase {
        case .head where !parser.isBetweenRequests:
            refuse(.requestTimeout, "The request's head did not arrive in time.", at: now)
        case .body:
            refuse(.requestTimeout, "The request's body did not arrive in time.", at: now)
        case .handling:
            actions.append(.abandonHandler)
            refuse(.serviceUnavailable, "The request could not be answered in time.", at: now)
        case .idle, .head, .sending, .lingering, .closed:
            close()
        }
    }

    /// Answers with an error and closes; what was read so far is forgotten.
    mutating func refuse(_ status: HTTPResponse.Status, _ reason: String, at now: ContinuousClock.Instant) {
        let method: HTTPRequest.Method? =
            switch phase {
            case .body(let head, _), .handling(let head): head.method
            default: nil
            }
        let response = Response.text(reason + "\n", status: status)
        send(ResponseEncoder.encode(response, to: method, keepsAlive: false, date: date()), keepsAlive: false, at: now)
    }

    /// The server stops: the request in hand is the last one.
    mutating func drain() {
        isDraining = true
        if case .idle = phase {
            close()
        }
    }

    private var hasNothingToCome: Bool {
        isInputEnded && parser.bufferedBytes == 0
    }

    private mutating func close() {
        phase = .closed
        deadline = nil
        waitingSince = nil
        stuckSince = nil
        actions.append(.close)
    }

    private mutating func send(_ bytes: [UInt8], keepsAlive: Bool, at now: ContinuousClock.Instant) {
        phase = .sending(keepsAlive: keepsAlive)
        deadline = now + configuration.writeDeadline
        waitingSince = nil
        stuckSince = now
        actions.append(.send(bytes))
    }

    /// Reads what has arrived, up to the end of one request.
    private mutating func advance(at now: ContinuousClock.Instant) {
        do throws(HTTPError) {
            while try step(at: now) {}
        } catch {
            if case .refused(let code) = error.code {
                refuse(HTTPResponse.Status(code: code).named, error.reason, at: now)
            } else {
                refuse(.badRequest, error.reason, at: now)
            }
            return
        }
        // A client that half closed in the middle of a request will never complete it.
        if isInputEnded {
            inputEnded(at: now)
        }
    }

    /// - Returns: whether there may be more to do.
    private mutating func step(at now: ContinuousClock.Instant) throws(HTTPError) -> Bool {
        switch phase {
        case .idle:
            guard parser.bufferedBytes > 0 else {
                return false
            }
            phase = .head
            if requests > 0 {
                deadline = now + configuration.headDeadline
            }
            return true
        case .head:
            guard case .head(let head)? = try parser.next() else {
                return false
            }
            phase = .body(head, [])
            deadline = now + configuration.bodyDeadline
            // A client that has begun to send its body does not wait (RFC 9110 section 10.1.1).
            if head.expectsContinue, parser.bufferedBytes == 0 {
                actions.append(.send(ResponseEncoder.continueBytes))
            }
            return true
        case .body(let head, var body):
            switch try parser.next() {
            case .body(let piece):
                phase = .idle
                body.append(contentsOf: piece)
                phase = .body(head, body)
                return true
            case .end:
                requests += 1
                phase = .handling(head)
                deadline = now + configuration.handlerDeadline
                waitingSince = nil
                actions.append(.handle(request(head, body)))
                return false
            case .head, nil:
                return false
            }
        case .handling, .sending, .lingering, .closed:
            return false
        }
    }

    private func request(_ head: RequestHead, _ body: [UInt8]) -> Request {
        Request(
            method: head.method, path: head.path, query: head.query, fields: head.fields, body: body,
            remoteAddress: facts.remoteAddress, localPort: facts.localPort, isSecure: facts.isSecure,
            host: head.host?.name, hostPort: head.host?.port)
    }
}

extension HTTPResponse.Status {
    /// The same code with its standard reason phrase, for the codes that the parser refuses with.
    var named: HTTPResponse.Status {
        switch code {
        case 400: .badRequest
        case 413: .contentTooLarge
        case 414: .uriTooLong
        case 417: .expectationFailed
        case 431: .requestHeaderFieldsTooLarge
        case 501: .notImplemented
        case 505: .httpVersionNotSupported
        default: self
        }
    }
}
