import HTTP
import HTTPTypes
import PKI

/// The one check in front of every route (L6, L7). It denies by default: what is not let through here reaches no
/// handler.
///
/// In this order: set-up state, session, role, method, origin, form, token.
struct Gate: Sendable {
    /// A request that may go on.
    struct Admission: Sendable {
        let route: Route
        let parameters: [String: String]
        let query: FormFields
        /// Empty for GET.
        let form: FormFields
    }

    enum Refusal: Error, Sendable, Equatable {
        /// The machine is not set up yet.
        case setUpFirst
        /// Nobody is signed in; `next` is where to go on after the login.
        case signInFirst(next: String?)
        /// A form was sent and nobody is signed in any more; `page` is where the form is, to enter it again.
        case sessionEnded(page: String)
        case notFound
        /// A general user asks for a page of the System Manager.
        case systemManagerOnly(next: String?)
        case wrongMethod(allowed: [HTTPRequest.Method])
        /// The request comes from a page of somebody else.
        case foreignOrigin
        /// The body is not a form.
        case notAForm
        /// The form or the query cannot be read, or names a field twice.
        case malformedForm
        /// The form does not carry this browser's token.
        case wrongToken
    }

    let router: Router

    func check(_ request: Request, from visitor: Visitor, isSetUp: Bool) throws(Refusal) -> Admission {
        let (route, parameters) = try route(of: request, from: visitor, isSetUp: isSetUp)
        let query = try Self.fields(Array((request.query ?? "").utf8))
        guard route.method == .post else {
            return Admission(route: route, parameters: parameters, query: query, form: try Self.fields([]))
        }
        guard OriginCheck.accepts(request) else { throw .foreignOrigin }
        guard Self.isForm(request) else { throw .notAForm }
        let form = try Self.fields(request.body)
        guard let expected = visitor.token, let given = (try? form.value("token")) ?? nil,
            constantTimeEqual(Array(given.utf8), Array(expected.utf8))
        else { throw .wrongToken }
        return Admission(route: route, parameters: parameters, query: query, form: form)
    }

    private func route(
        of request: Request, from visitor: Visitor, isSetUp: Bool
    ) throws(Refusal) -> (Route, [String: String]) {
        switch router.match(request.method, request.path) {
        case .unknown:
            throw isSetUp ? .notFound : .setUpFirst
        case .wrongMethod(let allowed, let access):
            try admit(to: access, request, from: visitor, isSetUp: isSetUp, as: nil)
            throw .wrongMethod(allowed: allowed)
        case .route(let route, let parameters):
            try admit(to: route.access, request, from: visitor, isSetUp: isSetUp, as: route.method)
            return (route, parameters)
        }
    }

    /// - Parameter method: GET for a page that one can be led to after signing in, POST for a form, nil for neither.
    private func admit(
        to access: Access, _ request: Request, from visitor: Visitor, isSetUp: Bool, as method: HTTPRequest.Method?
    ) throws(Refusal) {
        switch access {
        case .always: return
        case .beforeSetUp: if isSetUp { throw .notFound }
        case .anyone: if !isSetUp { throw .setUpFirst }
        case .signedIn, .systemManager:
            guard isSetUp else { throw .setUpFirst }
            let path = request.query.map { "\(request.path)?\($0)" } ?? request.path
            let next = method == .get ? router.ownPath(path) : nil
            guard let session = visitor.session else {
                // A form of another site comes without the cookie; that says nothing about the session.
                if method == .post, OriginCheck.accepts(request), let page = router.formPage(request.path) {
                    throw .sessionEnded(page: page)
                }
                throw .signInFirst(next: next)
            }
            guard access == .signedIn || session.role.isSystemManager else { throw .systemManagerOnly(next: next) }
        }
    }

    /// Repeated fields are refused as a whole: no code may pick one of two values (ASVS 15.3.7).
    private static func fields(_ bytes: [UInt8]) throws(Refusal) -> FormFields {
        guard let fields = try? FormFields(urlEncoded: bytes),
            fields.names.allSatisfy({ (try? fields.value($0)) != nil })
        else { throw .malformedForm }
        return fields
    }

    private static func isForm(_ request: Request) -> Bool {
        guard let type = request.fields[.contentType] else { return false }
        return type.prefix { $0 != ";" }[...].trimmingBlanks().lowercased() == "application/x-www-form-urlencoded"
    }
}
