/// Who acts; it goes into the audit log with the action.
public struct Administrator: Hashable, Sendable {
    public enum Role: String, Hashable, Sendable, CaseIterable {
        case systemManager
        case generalUser
        /// Nobody has signed in yet.
        case anonymous
        /// The machine itself: start, recovery, an issuance going on.
        case machine
    }

    public let name: String
    public let role: Role
    /// The client's address without port; empty for the machine itself.
    public let remoteAddress: String

    public init(name: String, role: Role, remoteAddress: String) {
        self.name = name
        self.role = role
        self.remoteAddress = remoteAddress
    }

    public static let machine = Administrator(name: "", role: .machine, remoteAddress: "")
}
