import Machine

/// `/settings/keys`: list, details, deletion (K1, K2, K4).
struct KeyRoutes: Sendable {
    let times: LocalTime

    var routes: [Route] {
        [
            Route(.get, "/settings/keys", access: .systemManager, handler: show),
            Route(.get, "/settings/keys/{name}", access: .systemManager, handler: showKey),
            Route(.get, "/settings/keys/{name}/delete", access: .systemManager, handler: askToDelete),
            Route(.post, "/settings/keys/{name}/delete", access: .systemManager, handler: delete),
        ]
    }

    private func show(_ context: PageContext) async throws -> Outcome {
        let machine = context.machine
        return .page(
            KeysPage(
                keys: try await machine.keys(), limit: machine.configuration.keyLimit,
                pendingRestart: try await machine.pendingRestart(), times: times))
    }

    private func showKey(_ context: PageContext) async throws -> Outcome {
        guard let key = try await key(context) else { return .notFound }
        return .page(
            KeyPage(
                key: key, pendingRestart: try await context.machine.pendingRestart(), now: context.clock.now(),
                times: times))
    }

    private func askToDelete(_ context: PageContext) async throws -> Outcome {
        guard let key = try await key(context) else { return .notFound }
        if let refusal = key.refusalToDelete { return refused(refusal, key, context) }
        let text = context.text
        var consequences = [text("key.delete.consequence")]
        if key.state == .restartPending { consequences.append(text("key.delete.restart-pending")) }
        var facts = [Fact(text("keys.name"), key.name), Fact(text("keys.use"), key.use.words(text))]
        if let certificate = key.certificate {
            facts += CertificateFacts(certificate: certificate, times: times, text: text)
                .summary(now: context.clock.now())
        }
        return .page(
            QuestionPage(
                title: text("key.delete.title"), question: text("key.delete.question", key.name),
                consequences: consequences, facts: facts, menuItem: "/settings/keys",
                crumbs: [Crumb(text("key.title"), key.path)], action: "\(key.path)/delete", button: text("keys.delete"),
                isDestructive: true, back: key.path))
    }

    private func delete(_ context: PageContext) async throws -> Outcome {
        guard let key = try await key(context) else { return .notFound }
        do {
            try await context.machine.deleteKey(named: key.name, by: context.administrator)
        } catch let refusal as KeyRefusal {
            return refused(refusal, key, context)
        }
        context.leave(Flash(.success, "key.deleted", key.name))
        return .redirect("/settings/keys")
    }

    private func refused(_ refusal: KeyRefusal, _ key: KeyEntry, _ context: PageContext) -> Outcome {
        context.leave(refusal.phrase(context.text).flash(.error))
        return .redirect(refusal == .notFound ? "/settings/keys" : key.path)
    }

    private func key(_ context: PageContext) async throws -> KeyEntry? {
        guard let name = context.parameters["name"] else { return nil }
        return try await context.machine.key(named: name)
    }
}
