/// `/`: the portal, for everybody who is signed in (P1, L6).
struct PortalRoutes: Sendable {
    let times: LocalTime

    var routes: [Route] { [Route(.get, "/", access: .signedIn, handler: show)] }

    private func show(_ context: PageContext) async throws -> Outcome {
        let machine = context.machine
        let page = PortalPage(
            device: try await machine.deviceInformation(), status: try await machine.status(),
            communication: try await machine.communicationSettings(),
            authority: try await machine.acceptedAuthority(),
            isSystemManager: context.session?.role.isSystemManager ?? false, now: context.clock.now(), times: times)
        return .page(page)
    }
}
