import Machine

/// Every page: the routes, the models whose templates are compiled at start, and the menu.
public struct Pages: Sendable {
    private let times: LocalTime

    /// - Parameter zone: the machine's time zone, in which every date is shown.
    public init(zone: Zone = .system) { times = LocalTime(zone: zone) }

    /// What the site serves.
    public var set: PageSet { PageSet(models: Self.models, routes: routes, menu: Self.menu) }

    /// Each with who may use it.
    var routes: [Route] {
        SetUpRoutes().routes + LoginRoutes().routes + PortalRoutes(times: times).routes
            + [Route(.get, "/settings", access: .systemManager) { _ in .page(SettingsPage(menu: Self.menu)) }]
            + DeviceRoutes().routes + SystemManagerRoutes().routes + SecurityRoutes().routes
            + SCEPRoutes(times: times).routes + CommunicationRoutes().routes
            + AutoRequestRoutes(times: times).routes + AuthorityRoutes(times: times).routes
            + RequestRoutes(times: times).routes
            + ProgressRoutes(times: times).routes + StatusRoutes(times: times).routes
            + KeyRoutes(times: times).routes + RestartRoutes().routes
    }

    /// One model a template.
    static let models: [any PageModel.Type] = [
        SetUpPage.self, LoginPage.self, PortalPage.self, SettingsPage.self, SettingsBlockPage.self, FormPage.self,
        QuestionPage.self, SCEPPage.self, ConnectionTestPage.self, AutoRequestPage.self, RequestPage.self,
        ConfirmPage.self, LookUpPage.self, ProgressPage.self, StatusPage.self, StatusDetailsPage.self,
        KeysPage.self, KeyPage.self, WaitingPage.self,
    ]

    /// The left menu of Settings/Registration: only what exists (P2).
    static let menu = Menu([
        .init("menu.user-management", [.init("manager.title", "/settings/system-manager")]),
        .init("menu.security", [.init("security.title", "/settings/security")]),
        .init(
            "menu.device-management",
            [
                .init("device.title", "/settings/device-information"),
                .init("keys.title", "/settings/keys"),
                .init("scep.title", "/settings/scep"),
                .init("status.title", "/settings/scep/status"),
                .init("restart.title", "/settings/restart"),
            ]),
    ])
}
