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
        let reasons = try await context.machine.pendingRestart()
        let deleted = reasons.compactMap { $0.deleted(text) }
        var consequences = [text("restart.consequence")]
        if !deleted.isEmpty {
            consequences.append(text("restart.deletes", deleted.joined(separator: text("form.list-comma"))))
        }
        if reasons.contains(where: { $0.use == .tls }) { consequences.append(text("restart.certificate")) }
        if let issuance = try await context.machine.currentIssuance(), issuance.state == .running {
            consequences.append(Self.whatBecomes(of: issuance, text))
        }
        return .page(
            QuestionPage(
                title: text("restart.title"), question: text("restart.question"), consequences: consequences,
                facts: [
                    reasons.isEmpty
                        ? Fact(text("restart.reasons"), text("restart.no-reason"))
                        : Fact(text("restart.reasons"), .lines(reasons.flatMap { $0.lines(text) }))
                ],
                menuItem: "/settings/restart", action: "/settings/restart", button: text("restart.button"),
                isDestructive: !deleted.isEmpty, back: "/settings"))
    }

    /// Before its key is stored nothing has been sent, and a request by hand cannot go on; an automatic one gets another.
    static func whatBecomes(of running: IssuanceProgress, _ text: Texts) -> String {
        text(running.isKeyStored || !running.isManual ? "restart.running" : "restart.generating")
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
