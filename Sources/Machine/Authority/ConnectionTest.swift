import FoundationEssentials

/// [Test Connection], step by step, without a request (C5).
public struct ConnectionTest: Sendable, Equatable {
    /// The steps in their order.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case resolve
        case connect
        case capabilities
        case authority
    }

    public struct Step: Sendable, Equatable {
        public let kind: Kind
        public let state: StepState
        /// Technical values for the reader, not a sentence; may hold hostile text.
        public let detail: String

        public init(_ kind: Kind, _ state: StepState, detail: String = "") {
            self.kind = kind
            self.state = state
            self.detail = detail
        }
    }

    /// The server, with its port.
    public let server: String
    public let startedAt: Date
    public internal(set) var steps: [Step]
    public internal(set) var isRunning: Bool
    /// Why it failed; nil while it runs and when it succeeded.
    public internal(set) var cause: IssuanceCause?
    /// The HTTP status behind the cause, if one came.
    public internal(set) var httpStatus: Int?
    /// What the server showed.
    public internal(set) var authority: AuthoritySummary?
    /// The shown CA is the accepted one already.
    public internal(set) var isAccepted: Bool
}
