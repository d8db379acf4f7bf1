/// `/settings/scep/status`: the list and one entry's details (S1–S4).
struct StatusRoutes: Sendable {
    let times: LocalTime

    var routes: [Route] {
        [
            Route(.get, "/settings/scep/status", access: .systemManager, handler: show),
            Route(.get, "/settings/scep/status/{number}", access: .systemManager, handler: showEntry),
        ]
    }

    private func show(_ context: PageContext) async throws -> Outcome {
        let next = try await context.machine.autoRequestState().nextRequest
        let entries = try await context.machine.history()
        return .page(StatusPage(history: HistoryRows(entries: entries, next: next, times: times)))
    }

    private func showEntry(_ context: PageContext) async throws -> Outcome {
        guard let number = context.parameters["number"].flatMap({ Int($0) }),
            let entry = try await context.machine.historyEntry(number)
        else { return .notFound }
        return .page(StatusDetailsPage(entry: entry, times: times))
    }
}
