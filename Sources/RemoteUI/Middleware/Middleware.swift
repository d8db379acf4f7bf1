import HTTP

/// One rule that holds for every request, around everything that comes after it.
protocol Middleware: Sendable {
    typealias Next = @Sendable (Request) async throws -> Response

    func respond(to request: Request, next: Next) async throws -> Response
}
