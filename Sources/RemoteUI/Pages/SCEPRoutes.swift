/// `/settings/scep`: the overview.
struct SCEPRoutes: Sendable {
    let times: LocalTime

    var routes: [Route] { [Route(.get, "/settings/scep", access: .systemManager, handler: show)] }

    private func show(_ context: PageContext) async throws -> Outcome {
        let machine = context.machine
        let current = try await machine.currentIssuance()
        let state = try await machine.autoRequestState()
        let page = SCEPPage(
            communication: try await machine.communicationSettings(),
            authority: try await machine.acceptedAuthority(),
            openRequest: current.flatMap {
                ($0.isManual || !state.isTimerEnabled) && ($0.state == .running || $0.state == .waiting) ? $0 : nil
            },
            auto: try await machine.autoRequestSettings(), autoState: state,
            isChallengeStored: try await machine.hasStoredChallengePassword(),
            history: HistoryRows(entries: try await machine.history(), next: state.nextRequest, times: times),
            times: times)
        return .page(page)
    }
}
