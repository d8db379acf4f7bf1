import HTTP
import HTTPTypes
import Logging
import Machine
import PKI
import Synchronization

/// The whole Remote UI as one HTTP handler.
public final class Site: Handler {
    private let respondSecurely: Middleware.Next
    private let plain: PlainHTTP
    private let httpsPort = Atomic<UInt16>(443)

    /// Loads and checks everything that can be checked before the first request.
    ///
    /// - Parameters:
    ///   - resources: the folder that holds `Templates` and `Public`.
    ///   - pages: the routes, page models and menu of the pages.
    ///   - isTrusted: whether an issued key serves, not the default key.
    /// - Throws: `ResourceError` with file and line for what is missing or does not fit; `PKIError` without randomness.
    public init(
        resources: String, pages: PageSet, machine: Machine, clock: any WallClock = SystemClock(),
        random: any RandomSource = SystemRandom(), isTrusted: Bool, logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) throws {
        let catalogue = try Catalogue(folder: "\(resources)/Templates/strings")
        try catalogue.require(
            Layout.texts + MessagePage.texts + pages.menu.keys + catalogue.languages.map { "language.\($0.code)" })
        let renderer = try PageRenderer(
            models: pages.models + [MessagePage.self],
            sources: try TemplateSources(folder: "\(resources)/Templates"), catalogue: catalogue)
        let files = try StaticFiles(folder: "\(resources)/Public")
        let router = try Router(SiteRoutes.all(catalogue: catalogue) + files.routes + pages.routes)
        let instance = Hex.encode(try random.bytes(8))
        let dispatcher = Dispatcher(
            gate: Gate(router: router), sessions: Sessions(random: random, now: now),
            formKey: try FormKey(random: random), catalogue: catalogue, renderer: renderer, menu: pages.menu,
            machine: machine, clock: clock, instance: instance, logger: logger)
        // Outermost first.
        let middleware: [any Middleware] = [
            AccessLog(logger: logger),
            SecurityHeaders(isTrusted: isTrusted),
            ErrorPages(renderer: renderer, catalogue: catalogue, random: random, logger: logger),
        ]
        var next: Middleware.Next = { try await dispatcher.respond(to: $0) }
        for middleware in middleware.reversed() {
            let inner = next
            next = { try await middleware.respond(to: $0, next: inner) }
        }
        respondSecurely = next
        plain = PlainHTTP(instance: instance)
    }

    /// Where HTTP redirects to; known when the listeners are bound.
    public func serveHTTPS(on port: UInt16) { httpsPort.store(port, ordering: .relaxed) }

    public func respond(to request: Request) async -> Response {
        guard request.isSecure else {
            return plain.respond(to: request, httpsPort: httpsPort.load(ordering: .relaxed))
        }
        do {
            return try await respondSecurely(request)
        } catch {
            // `ErrorPages` lets nothing through; if it ever does, nothing of it is told.
            return Response(status: .internalServerError)
        }
    }
}
