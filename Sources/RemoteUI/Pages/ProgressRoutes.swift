import Machine

/// `/settings/scep/request/progress`, [Check Again] and [Discard] (I2, I3, I8).
struct ProgressRoutes: Sendable {
    private static let path = "/settings/scep/request/progress"
    private static let discardPath = "/settings/scep/request/discard"

    let times: LocalTime

    var routes: [Route] {
        [
            // The page reloads itself, which is nobody's activity.
            Route(.get, Self.path, access: .systemManager, countsAsActivity: false, handler: show),
            Route(.post, "/settings/scep/request/check-again", access: .systemManager, handler: checkAgain),
            Route(.get, Self.discardPath, access: .systemManager, handler: askToDiscard),
            Route(.post, Self.discardPath, access: .systemManager, handler: discard),
        ]
    }

    private func show(_ context: PageContext) async throws -> Outcome {
        let machine = context.machine
        guard let progress = try await machine.currentIssuance() else { return none(context, "progress.none") }
        let isPending = try await machine.pendingRestart().contains { $0.keyName == progress.keyName }
        let key = progress.state == .succeeded ? try await machine.key(named: progress.keyName) : nil
        let isByItself = try await machine.automaticRestartKey() == progress.keyName
        return .page(
            ProgressPage(
                progress: progress, isFunctionEnabled: progress.use.isFunctionEnabled,
                restart: isPending ? isByItself ? .device : .administrator : nil, tlsProblem: key?.tlsProblem,
                hasNextRequest: try await machine.autoRequestState().nextRequest != nil, times: times))
    }

    private func checkAgain(_ context: PageContext) async throws -> Outcome {
        guard let progress = try await subject(context) else { return none(context, "progress.none") }
        do {
            try await context.machine.checkAgain(progress.id, by: context.administrator)
        } catch let refusal as IssuanceRefusal {
            context.leave(refusal.phrase.flash(.error))
        }
        return .redirect(Self.path)
    }

    private func askToDiscard(_ context: PageContext) async throws -> Outcome {
        guard let progress = try await context.machine.currentIssuance() else { return none(context, "discard.none") }
        if progress.state == .running {
            context.leave(IssuanceRefusal.underWay.phrase.flash(.error))
            return .redirect(Self.path)
        }
        guard progress.state.isKept else { return none(context, "discard.none") }
        let text = context.text
        return .page(
            QuestionPage(
                title: text("discard.title"), question: text("discard.question"),
                consequences: [text("discard.consequence")],
                facts: [
                    Fact(text("status.key-name"), progress.keyName),
                    Fact(text("status.date"), .time(times.value(progress.startedAt))),
                ],
                menuItem: "/settings/scep", action: Self.discardPath, subject: String(progress.id.rawValue),
                button: text("progress.discard"),
                isDestructive: true, back: Self.path))
    }

    private func discard(_ context: PageContext) async throws -> Outcome {
        guard let progress = try await subject(context) else { return none(context, "discard.none") }
        do {
            try await context.machine.discard(progress.id, by: context.administrator)
        } catch let refusal as IssuanceRefusal {
            context.leave(refusal.phrase.flash(.error))
            return .redirect(Self.path)
        }
        context.leave(Flash(.success, "discard.done"))
        return .redirect("/settings/scep")
    }

    /// The request that the page showed, if it is still the one that counts: the timer may have begun another meanwhile.
    private func subject(_ context: PageContext) async throws -> IssuanceProgress? {
        let progress = try await context.machine.currentIssuance()
        return progress.flatMap { context.field("subject") == String($0.id.rawValue) ? $0 : nil }
    }

    private func none(_ context: PageContext, _ key: String) -> Outcome {
        context.leave(Flash(.info, key))
        return .redirect("/settings/scep")
    }
}
