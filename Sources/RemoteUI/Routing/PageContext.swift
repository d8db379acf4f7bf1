import HTTP
import Machine

/// What a page handler is given: a request that has passed the gate, and what it may use to answer.
public struct PageContext: Sendable {
    public let request: Request
    /// What stands in the place of `{name}` in the route's path, decoded.
    public let parameters: [String: String]
    /// The fields of the query; no name twice.
    public let query: FormFields
    /// The fields of the form, empty for GET; no name twice.
    public let form: FormFields
    /// Nil only on routes that need no session.
    public let session: Session?
    public let language: Language
    /// The words in that language.
    public let text: Texts
    public let machine: Machine
    public let clock: any WallClock
    /// Says which process this is; `/healthz` says it too, so that a page can wait for the next one.
    public let instance: String
    let sessions: Sessions
    let router: Router

    /// Who acts, for the audit log.
    public var administrator: Administrator {
        let role: Administrator.Role =
            switch session?.role {
            case .systemManager: .systemManager
            case .generalUser: .generalUser
            case nil: .anonymous
            }
        return Administrator(
            name: session?.role.name ?? "", role: role, remoteAddress: request.remoteAddress)
    }

    /// The text of a form field; nil when the form has no such field.
    public func field(_ name: String) -> String? { (try? form.value(name)) ?? nil }

    /// The text of a field of the query; nil when there is no such field.
    public func queryField(_ name: String) -> String? { (try? query.value(name)) ?? nil }

    /// One of our own pages, if the text names one, such as `next` of the login form; nil for anything else.
    public func ownPath(_ text: String?) -> String? { router.ownPath(text) }

    /// Leaves a result for the next page that this browser sees.
    public func leave(_ flash: Flash) { session?.leave(flash) }

    /// Ends this session.
    func endSession() { if let session { sessions.end(session) } }

    /// Ends every session but this one: after a change of the PIN (L5).
    public func endOtherSessions() { sessions.endAll(except: session) }

    /// Ends the general users' sessions: after General User Mode was switched off.
    public func endGeneralUsers() { sessions.endGeneralUsers() }
}
