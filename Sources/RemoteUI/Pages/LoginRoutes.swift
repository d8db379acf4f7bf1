import Machine

/// `/login` (L2, L6).
struct LoginRoutes: Sendable {
    var routes: [Route] {
        [
            Route(.get, "/login", access: .anyone, handler: show),
            Route(.post, "/login", access: .anyone, handler: signIn),
        ]
    }

    private func show(_ context: PageContext) async throws -> Outcome {
        let next = context.ownPath(context.queryField("next"))
        // A general user comes here to become System Manager; a System Manager has nothing to do here.
        if context.session?.role.isSystemManager == true { return .redirect(next ?? "/") }
        var page = try await page(context, next: next)
        if let notice = context.queryField("notice").flatMap(LoginNotice.init) {
            page.reason = notice.words(context.text)
        } else if let next, next != "/" {
            page.reason = context.text("login.next")
        }
        return .page(page)
    }

    private func signIn(_ context: PageContext) async throws -> Outcome {
        let next = context.ownPath(context.field("next"))
        let address = context.request.remoteAddress
        switch context.field("mode") {
        case "general_user":
            let name = context.field("user_name") ?? ""
            if try await context.machine.signInGeneralUser(name: name, from: address) {
                return .signIn(.generalUser(name: name.isEmpty ? nil : name), then: "/")
            }
        case "system_manager":
            // A field that is not there is an empty one, which the machine refuses at the same price (L2).
            let id = context.field("system_manager_id") ?? ""
            let result = try await context.machine.signIn(
                systemManagerID: id, pin: context.field("pin") ?? "", from: address)
            if result == .accepted { return .signIn(.systemManager(id: id), then: next ?? "/") }
        default: break
        }
        var page = try await page(context, next: next)
        page.isRefused = true
        page.isGeneralUser = context.field("mode") == "general_user"
        page.systemManagerID = context.field("system_manager_id") ?? ""
        page.userName = context.field("user_name") ?? ""
        return .page(page, status: .unprocessableContent)
    }

    private func page(_ context: PageContext, next: String?) async throws -> LoginPage {
        let security = try await context.machine.securitySettings()
        return LoginPage(next: next, offersGeneralUserMode: security.isGeneralUserModeEnabled)
    }
}
