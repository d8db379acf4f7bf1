import FoundationEssentials

/// Where an issuance request stands. Read from the store, so it is true after a reload and after a restart (I2).
public struct IssuanceProgress: Equatable, Sendable {
    /// The steps in their order.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case key
        case capabilities
        case authority
        case request
        case certificate
    }

    public struct Step: Equatable, Sendable, Codable {
        public let kind: Kind
        public let state: StepState
        /// Technical values for the reader (algorithms, names, a fingerprint), not a sentence; may hold hostile text.
        public let detail: String

        public init(_ kind: Kind, _ state: StepState, detail: String = "") {
            self.kind = kind
            self.state = state
            self.detail = detail
        }
    }

    public enum State: String, Hashable, Sendable, CaseIterable {
        case running
        /// The server deferred it, or an error came after the request had been sent: key and transaction are kept, and
        /// [Check Again] and [Discard] are offered.
        case waiting
        /// An automatic request that the server deferred, or did not answer: it is asked again by itself (T3).
        case polling
        case succeeded
        case failed

        /// Nothing is under way, and key and transaction are kept: it can be checked again, or discarded.
        public var isKept: Bool { self == .waiting || self == .polling }
    }

    /// How an automatic request goes on by itself (T3).
    public struct Polling: Equatable, Sendable {
        /// How often the server has been asked again; the poll that is under way counts.
        public let made: Int
        /// [Polling Times], as it is set now.
        public let limit: Int
        /// When the server is asked next; nil while it is being asked.
        public let nextAt: Date?

        public init(made: Int, limit: Int, nextAt: Date?) {
            self.made = made
            self.limit = limit
            self.nextAt = nextAt
        }
    }

    public let id: IssuanceID
    public let keyName: String
    public let use: KeyUse
    public let state: State
    public let steps: [Step]
    public let startedAt: Date
    /// When the server was asked last; nil before its first answer to a request by hand.
    public let askedAt: Date?
    /// The history entry of this request; absent once 20 newer ones have been written.
    public let history: HistoryEntry?
    /// Whether an administrator sent it by hand; otherwise the timer did.
    public let isManual: Bool
    /// Present in ``State/polling``, and in ``State/running`` from the first poll on.
    public let polling: Polling?

    /// Whether the request outlasts a restart: its key and transaction are on disk.
    public var isKeyStored: Bool { steps.contains { $0.kind == .key && $0.state == .done } }
}
