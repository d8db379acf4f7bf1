import PKI
import Synchronization

/// The sessions of all browsers, in memory (L5).
///
/// Ids are 256 random bits; only their SHA-256 is kept, so that a look into the memory of the table finds no cookie.
/// The number of sessions is bounded: when it is reached, a general user's session that has been idle longest makes
/// room, or, if there is none, the System Manager's that has been idle longest. A general user, who needs no PIN,
/// can therefore not push a System Manager out.
public final class Sessions: Sendable {
    /// A new session, and the id for the browser's cookie.
    public struct Started: Sendable {
        public let session: Session
        /// 64 hexadecimal digits. A secret: for the cookie, never for a log or a page.
        public let id: String
    }

    /// Most sessions at a time.
    public let limit: Int
    /// How long a session lives however busy it is.
    public let lifetime: Duration
    private let random: any RandomSource
    private let now: @Sendable () -> ContinuousClock.Instant
    private let table = Mutex<[[UInt8]: Session]>([:])
    private let purges = Atomic<Int>(0)

    /// - Parameter now: a clock that does not follow steps of the time of day.
    public init(
        limit: Int = 64, lifetime: Duration = .seconds(12 * 3600), random: any RandomSource,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.limit = limit
        self.lifetime = lifetime
        self.random = random
        self.now = now
    }

    /// Starts a session with a new id and a new token.
    /// - Throws: `PKIError` when there is no randomness.
    public func start(_ role: Role) throws(PKIError) -> Started {
        let id = Hex.encode(try random.bytes(32))
        let token = Hex.encode(try random.bytes(32))
        let session = Session(role: role, token: token, digest: Self.digest(of: id), at: now())
        table.withLock { table in
            while table.count >= limit, let oldest = Self.nextToGo(in: table.values) {
                table[oldest.digest] = nil
            }
            table[session.digest] = session
        }
        return Started(session: session, id: id)
    }

    /// The session with an id, if it is still alive. Every session that is past its time is ended on the way: one that
    /// nobody asks for any more must not keep its draft of a request, challenge password included.
    /// - Parameter idle: how long a session may stay unused, from the settings.
    public func find(id: String, idle: Duration) -> Session? {
        let digest = Self.digest(of: id)
        let instant = now()
        return table.withLock { table in
            for session in table.values
            where instant - session.lastSeen >= idle || instant - session.createdAt >= lifetime {
                table[session.digest] = nil
            }
            return table[digest]
        }
    }

    /// Counts as activity: the idle time begins anew.
    public func touch(_ session: Session) { session.touch(now()) }

    /// Ends one session. Ending it twice does nothing.
    public func end(_ session: Session) {
        table.withLock { $0[session.digest] = nil }
    }

    /// Ends every session but one: after a change of the PIN (L5).
    public func endAll(except kept: Session? = nil) {
        purges.add(1, ordering: .sequentiallyConsistent)
        table.withLock { table in table = table.filter { $0.key == kept?.digest } }
    }

    /// Counts the calls of ``endAll(except:)``: a login that was checked before one is worth nothing after it.
    var purgeCount: Int { purges.load(ordering: .sequentiallyConsistent) }

    /// Ends the general users' sessions: after General User Mode was switched off.
    public func endGeneralUsers() {
        table.withLock { table in table = table.filter { $0.value.role.isSystemManager } }
    }

    /// How many sessions there are.
    public var count: Int { table.withLock { $0.count } }

    private static func digest(of id: String) -> [UInt8] { DigestAlgorithm.sha256.hash(Array(id.utf8)) }

    private static func nextToGo(in sessions: some Collection<Session>) -> Session? {
        let general = sessions.filter { !$0.role.isSystemManager }
        let candidates = general.isEmpty ? Array(sessions) : general
        return candidates.min { $0.lastSeen < $1.lastSeen }
    }
}
