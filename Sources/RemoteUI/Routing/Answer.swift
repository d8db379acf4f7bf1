import HTTP
import HTTPTypes

/// Turns what the gate or a handler decided into a response.
struct Answer {
    let dispatcher: Dispatcher
    let request: Request
    let facts: MachineFacts
    let visitor: Visitor
    /// How often all sessions had been ended when the request came.
    let purgeCount: Int

    func response(to outcome: Outcome) throws -> Response {
        switch outcome {
        case .page(let page, let status): return try render(page, status)
        case .redirect(let path): return redirect(path)
        case .signIn(let role, let path): return try signIn(role, path)
        case .signOut: return try signOut()
        case .notFound: return try message(MessagePage(kind: .notFound))
        case .forbidden: return try message(MessagePage(kind: .forbidden))
        case .language(let language, let path):
            var response = redirect(path)
            response.fields.append(cookie(try SiteCookies.setLanguage(language)))
            return response
        case .response(let response): return response
        }
    }

    func response(to refusal: Gate.Refusal) throws -> Response {
        switch refusal {
        case .setUpFirst: return redirect("/setup")
        case .signInFirst(let next): return redirect(next.map { "/login?next=\(PercentCoding.encode($0))" } ?? "/login")
        case .sessionEnded(let page):
            return redirect(
                "/login?notice=\(LoginNotice.sessionEnded.rawValue)&next=\(PercentCoding.encode(page))")
        case .notFound: return try message(MessagePage(kind: .notFound))
        case .systemManagerOnly(let next): return try message(MessagePage(kind: .forbidden, next: next))
        case .wrongMethod(let allowed):
            var response = try message(MessagePage(kind: .wrongMethod))
            response.fields[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
            return response
        case .foreignOrigin, .wrongToken: return try message(MessagePage(kind: .token))
        case .notAForm: return try message(MessagePage(kind: .mediaType))
        case .malformedForm: return try message(MessagePage(kind: .form))
        }
    }

    private func message(_ page: MessagePage) throws -> Response { try render(page, page.kind.status) }

    private func render(_ page: any PageModel, _ status: HTTPResponse.Status) throws -> Response {
        let path = dispatcher.gate.router.ownPath(request.query.map { "\(request.path)?\($0)" } ?? request.path)
        let layout = Layout(
            facts: facts, catalogue: dispatcher.catalogue, menu: dispatcher.menu, instance: dispatcher.instance,
            visitor: visitor, path: path)
        return try dispatcher.renderer.render(page, in: layout, status: status)
    }

    /// 303 to our own paths only (L7, ASVS 3.7.2): anything else is a fault of the handler and leads to the portal.
    private func redirect(_ path: String) -> Response {
        let isOwn =
            path.hasPrefix("/") && !path.hasPrefix("//")
            && path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        if !isOwn { dispatcher.logger.error("A page leads to a path that is not our own") }
        return .redirect(to: isOwn ? path : "/")
    }

    private func signIn(_ role: Role, _ path: String) throws -> Response {
        // A new id at each login: one that was planted before it is worth nothing afterwards (TM-6).
        if let old = visitor.session { dispatcher.sessions.end(old) }
        let started = try dispatcher.sessions.start(role)
        // The PIN was changed after this login had been checked: its session would outlive the change (L5).
        guard dispatcher.sessions.purgeCount == purgeCount else {
            dispatcher.sessions.end(started.session)
            return redirect("/login")
        }
        var response = redirect(path)
        response.fields.append(cookie(try SiteCookies.setSession(started.id)))
        return response
    }

    private func signOut() throws -> Response {
        if let session = visitor.session { dispatcher.sessions.end(session) }
        var response = redirect("/login")
        response.fields.append(cookie(try SiteCookies.endSession()))
        // Not "cookies": the language stays. The session's cookie is deleted by name.
        if let name = HTTPField.Name("Clear-Site-Data") { response.fields[name] = "\"cache\", \"storage\"" }
        return response
    }

    private func cookie(_ cookie: SetCookie) -> HTTPField {
        HTTPField(name: .setCookie, value: cookie.fieldValue)
    }
}
