import HTTP
import HTTPTypes
import Logging
import Machine
import PKI

/// The way of one request over HTTPS: who is it, may it pass, the handler, the answer.
struct Dispatcher: Sendable {
    let gate: Gate
    let sessions: Sessions
    let formKey: FormKey
    let catalogue: Catalogue
    let renderer: PageRenderer
    let menu: Menu
    let machine: Machine
    let clock: any WallClock
    let instance: String
    let logger: Logger

    func respond(to request: Request) async throws -> Response {
        let purgeCount = sessions.purgeCount
        let facts = try await MachineFacts(machine)
        let (visitor, cookie) = try visitor(of: request, facts: facts)
        let answer = Answer(dispatcher: self, request: request, facts: facts, visitor: visitor, purgeCount: purgeCount)
        var response: Response
        do {
            let admission = try gate.check(request, from: visitor, isSetUp: facts.isSetUp)
            if let session = visitor.session, admission.route.countsAsActivity { sessions.touch(session) }
            response = try answer.response(to: try await admission.route.handler(context(request, visitor, admission)))
        } catch let refusal as Gate.Refusal {
            response = try answer.response(to: refusal)
        }
        // A browser without a session gets the cookie that its forms' tokens belong to, with the first page.
        if let cookie, response.fields[.contentType]?.hasPrefix("text/html") == true {
            response.fields.append(cookie)
        }
        return response
    }

    /// The session behind the cookie, or else the token bound to the form cookie.
    /// - Returns: also the form cookie to set, for a browser that has none.
    private func visitor(
        of request: Request, facts: MachineFacts
    ) throws -> (visitor: Visitor, cookie: HTTPField?) {
        let language = catalogue.choose(
            cookie: SiteCookies.value(SiteCookies.language, of: request),
            acceptLanguage: request.fields[.acceptLanguage])
        if let session = session(of: request, facts: facts) {
            return (Visitor(session: session, language: language, token: session.token), nil)
        }
        if let token = SiteCookies.value(SiteCookies.form, of: request).flatMap(formKey.token(for:)) {
            return (Visitor(session: nil, language: language, token: token), nil)
        }
        let value = try formKey.newCookie()
        let field = HTTPField(name: .setCookie, value: try SiteCookies.setForm(value).fieldValue)
        return (Visitor(session: nil, language: language, token: formKey.token(for: value)), field)
    }

    private func session(of request: Request, facts: MachineFacts) -> Session? {
        guard let id = SiteCookies.value(SiteCookies.session, of: request) else { return nil }
        let idle = Duration.seconds(facts.security.sessionTimeout * 60)
        guard let session = sessions.find(id: id, idle: idle) else { return nil }
        // General User Mode may have been switched off in the meantime.
        guard session.role.isSystemManager || facts.security.isGeneralUserModeEnabled else {
            sessions.end(session)
            return nil
        }
        return session
    }

    private func context(_ request: Request, _ visitor: Visitor, _ admission: Gate.Admission) -> PageContext {
        PageContext(
            request: request, parameters: admission.parameters, query: admission.query, form: admission.form,
            session: visitor.session, language: visitor.language, text: catalogue[visitor.language],
            machine: machine, clock: clock, instance: instance, sessions: sessions, router: gate.router)
    }
}
