import HTTP
import HTTPTypes
import Logging

/// One line a request: who asked for what and what came of it. No query, no field, no body: secrets may be in these.
/// The path is what the parser let through, percent-encoded, so that it cannot forge a line (ASVS 16.4.1).
struct AccessLog: Middleware {
    let logger: Logger

    func respond(to request: Request, next: Next) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request)
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        logger.info(
            """
            \(request.remoteAddress) \(request.method) \(request.path) \(response.status.code) \
            \(response.body.count) bytes \(Int(milliseconds)) ms
            """)
        return response
    }
}
