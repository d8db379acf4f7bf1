/// Why somebody is led to the login page, as its query parameter `notice` says it; anything else says nothing.
enum LoginNotice: String, Sendable, CaseIterable {
    /// The set-up is done (L1).
    case setUp = "set-up"
    /// A form was sent whose session had ended; it changed nothing (L5, L7).
    case sessionEnded = "session-ended"

    func words(_ text: Texts) -> String {
        switch self {
        case .setUp: text("setup.done")
        case .sessionEnded: text("login.session-ended")
        }
    }
}
