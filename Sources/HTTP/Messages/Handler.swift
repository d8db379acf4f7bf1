/// Answers requests. Called on Swift's cooperative pool, never on an event loop; must not block (see `BlockingWork`).
public protocol Handler: Sendable {
    /// Answers one request. The task is cancelled when the client is gone, the handler's time is up or the server
    /// stops;
    /// an answer that comes after that is dropped.
    func respond(to request: Request) async -> Response
}
