import CLinux
import Glibc

/// Watches descriptors and deadlines and calls their members, all on one thread. Not Sendable: other threads send
/// jobs to its mailbox.
final class EventLoop {
    /// Names a member; never used twice, so that a late message cannot reach another connection.
    typealias Token = UInt64

    /// How other threads reach this loop.
    let mailbox: LoopMailbox
    /// The time of this turn.
    private(set) var now = ContinuousClock.now
    /// Bytes are read in here, one member at a time.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1_024, alignment: 16)

    private let epoll: FileDescriptor
    private var members: [Token: any LoopMember] = [:]
    private var deadlines = DeadlineQueue<Token>()
    private var nextToken: Token = 1
    private var isStopping = false

    private static let wakeToken: Token = 0

    /// Starts a loop on a thread of its own.
    ///
    /// - Parameter ended: called on that thread after the loop's last turn.
    /// - Throws: `.system` when descriptors or threads are exhausted.
    static func start(ended: @escaping @Sendable () -> Void) throws(HTTPError) -> LoopMailbox {
        let raw = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard raw >= 0 else {
            throw HTTPError(.system, "No event queue is available (\(SystemCall.text(errno))).")
        }
        let epoll = FileDescriptor(raw)
        let mailbox = try LoopMailbox()
        try DetachedThread.start {
            let loop = EventLoop(epoll: epoll, mailbox: mailbox)
            loop.run()
            ended()
        }
        return mailbox
    }

    private init(epoll: FileDescriptor, mailbox: LoopMailbox) {
        self.epoll = epoll
        self.mailbox = mailbox
        control(EPOLL_CTL_ADD, mailbox.wake, Self.wakeToken, .read)
    }

    deinit {
        scratch.deallocate()
    }

    /// Takes a member in; false when the system refuses to watch its descriptor.
    func add(_ member: any LoopMember, for readiness: Readiness) -> Token? {
        let token = nextToken
        guard control(EPOLL_CTL_ADD, member.descriptor, token, readiness) else {
            return nil
        }
        nextToken += 1
        members[token] = member
        return token
    }

    /// Changes what a member waits for; nothing leaves it to losses and deadlines.
    func watch(_ token: Token, for readiness: Readiness) {
        if let member = members[token] {
            control(EPOLL_CTL_MOD, member.descriptor, token, readiness)
        }
    }

    /// Sets, moves or (with nil) removes a member's deadline.
    func setDeadline(_ token: Token, _ instant: ContinuousClock.Instant?) {
        if members[token] != nil {
            deadlines.set(token, to: instant)
        }
    }

    /// Lets a member go.
    func remove(_ token: Token) {
        if let member = members.removeValue(forKey: token) {
            control(EPOLL_CTL_DEL, member.descriptor, token, [])
            deadlines.set(token, to: nil)
        }
    }

    func member(_ token: Token) -> (any LoopMember)? {
        members[token]
    }

    /// The members of one kind.
    func members<Member: LoopMember>(_ kind: Member.Type) -> [Member] {
        members.values.compactMap { $0 as? Member }
    }

    /// Ends the loop after this turn.
    func stop() {
        isStopping = true
    }

    /// Ends the loop at this time at the latest.
    func stop(at instant: ContinuousClock.Instant) {
        deadlines.set(Self.wakeToken, to: instant)
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 128)
        while !isStopping {
            let count = epoll_wait(epoll.raw, &events, Int32(events.count), timeout())
            now = ContinuousClock.now
            for event in events.prefix(Int(max(0, count))) {
                if event.data.u64 == Self.wakeToken {
                    for job in mailbox.take() {
                        job(self)
                    }
                } else if let member = members[event.data.u64] {
                    // An earlier event of this turn may have removed the member.
                    member.ready(Readiness(rawValue: event.events), on: self)
                }
            }
            while let token = deadlines.popExpired(at: now) {
                if token == Self.wakeToken {
                    isStopping = true
                }
                members[token]?.deadlinePassed(on: self)
            }
        }
        for job in mailbox.close() {
            job(self)
        }
        let last = members.values
        members = [:]
        for member in last {
            member.loopEnded(self)
        }
    }

    /// Milliseconds to the earliest deadline, rounded up so that a turn never comes before it; -1 without one.
    private func timeout() -> Int32 {
        guard let earliest = deadlines.earliest else {
            return -1
        }
        let rest = ContinuousClock.now.duration(to: earliest).components
        guard rest.seconds >= 0, rest.attoseconds >= 0 else {
            return 0
        }
        let milliseconds =
            min(rest.seconds, 86_400) * 1_000 + (rest.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(milliseconds)
    }

    @discardableResult
    private func control(
        _ operation: Int32, _ descriptor: FileDescriptor, _ token: Token, _ readiness: Readiness
    ) -> Bool {
        var event = epoll_event()
        event.events = readiness.rawValue
        event.data.u64 = token
        return epoll_ctl(epoll.raw, operation, descriptor.raw, &event) == 0
    }
}
