import Machine

/// `/settings/restart` and the page that waits until the machine is back (P3, D3).
struct RestartRoutes: Sendable {
    var routes: [Route] {
        [
            Route(.get, "/settings/restart", access: .systemManager, handler: ask),
            Route(.post, "/settings/restart", access: .systemManager, handler: restart),
            // The session ends with the process, so the page that waits needs none.
            Route(.get, "/restarting", access: .anyone, handler: wait),
        ]
    }

    private func ask(_ context: PageContext) async throws -> Outcome {
        let text = context.text
        let reasons = try await context.machine.pendingRestart().map {
            Fact(text("restart.reasons"), $0.words(text))
        }
        var consequences = [text("restart.consequence")]
        if !reasons.isEmpty { consequences.append(text("restart.certificate")) }
        if let issuance = try await context.machine.currentIssuance(), issuance.state == .running {
            // Before its key is stored nothing has been sent, and nothing can go on.
            consequences.append(text(issuance.isKeyStored ? "restart.running" : "restart.generating"))
        }
        return .page(
            QuestionPage(
                title: text("restart.title"), question: text("restart.question"), consequences: consequences,
                facts: reasons.isEmpty ? [Fact(text("restart.reasons"), text("restart.no-reason"))] : reasons,
                menuItem: "/settings/restart", action: "/settings/restart", button: text("restart.button"),
                isDestructive: false, back: "/settings"))
    }

    private func restart(_ context: PageContext) async throws -> Outcome {
        try await context.machine.restart(by: context.administrator)
        return .redirect("/restarting?from=\(context.instance)")
    }

    private func wait(_ context: PageContext) async throws -> Outcome {
        // Asked for again after the restart, there is nothing left to wait for.
        guard context.queryField("from") == context.instance else { return .redirect("/login") }
        return .page(WaitingPage(instance: context.instance))
    }
}
