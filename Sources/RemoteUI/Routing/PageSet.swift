/// The pages of the Remote UI: what the site needs to serve them.
public struct PageSet: Sendable {
    /// Every model that a handler may show; its template is compiled at start.
    public let models: [any PageModel.Type]
    public let routes: [Route]
    public let menu: Menu

    public init(models: [any PageModel.Type], routes: [Route], menu: Menu) {
        self.models = models
        self.routes = routes
        self.menu = menu
    }
}
