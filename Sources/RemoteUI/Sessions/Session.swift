import Synchronization

/// One signed-in browser. It lives in memory only: a restart ends all (L5).
public final class Session: Sendable {
    private struct State {
        var lastSeen: ContinuousClock.Instant
        var flash: Flash?
        var draft: (any Sendable)?
    }

    public let role: Role
    /// The anti-forgery token: the hidden field `token` of every form (L7).
    public let token: String
    public let createdAt: ContinuousClock.Instant
    /// SHA-256 of the id; the id itself is in the browser's cookie only.
    let digest: [UInt8]
    private let state: Mutex<State>

    init(role: Role, token: String, digest: [UInt8], at now: ContinuousClock.Instant) {
        self.role = role
        self.token = token
        self.digest = digest
        createdAt = now
        state = Mutex(State(lastSeen: now))
    }

    /// When the browser last did something; a page that reloads itself does not count.
    public var lastSeen: ContinuousClock.Instant { state.withLock { $0.lastSeen } }

    func touch(_ now: ContinuousClock.Instant) {
        state.withLock { $0.lastSeen = max($0.lastSeen, now) }
    }

    /// Leaves a result for the next page. A later one takes the place of an earlier one.
    public func leave(_ flash: Flash) {
        state.withLock { $0.flash = flash }
    }

    /// Takes the result, which is then gone. The layout does this on every page.
    func takeFlash() -> Flash? {
        state.withLock { state in
            defer { state.flash = nil }
            return state.flash
        }
    }

    /// Keeps a value between two pages of one job, such as an issuance request between [Send Request] and [OK]. It is
    /// never on disk and never in a page; it ends with the session. One at a time: a new one takes the old one's place.
    public func keep(_ draft: (any Sendable)?) {
        state.withLock { $0.draft = draft }
    }

    /// The kept value, if it is of that type.
    public func draft<Draft: Sendable>(_ type: Draft.Type = Draft.self) -> Draft? {
        state.withLock { $0.draft as? Draft }
    }

    /// Takes the kept value, which is then gone: of two requests at the same time only one gets it.
    public func takeDraft<Draft: Sendable>(_ type: Draft.Type = Draft.self) -> Draft? {
        state.withLock { state in
            guard let draft = state.draft as? Draft else { return nil }
            state.draft = nil
            return draft
        }
    }
}
