/// Who a session belongs to. It lives on the server only and never changes within a session (L5).
public enum Role: Sendable, Equatable {
    /// System Manager Mode, with the System Manager ID that signed in.
    case systemManager(id: String)
    /// General User Mode, with the user name that was typed, if any. It is a label, not an identity.
    case generalUser(name: String?)

    public var isSystemManager: Bool {
        if case .systemManager = self { true } else { false }
    }

    /// The System Manager ID or the user name; nil for a general user without a name.
    public var name: String? {
        switch self {
        case .systemManager(let id): id
        case .generalUser(let name): name
        }
    }
}
