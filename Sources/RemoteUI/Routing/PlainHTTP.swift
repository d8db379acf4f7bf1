import HTTP
import HTTPTypes

/// What the HTTP listener does: the liveness probe, and a redirect to HTTPS for everything else. No cookie, no page.
struct PlainHTTP: Sendable {
    let instance: String

    /// - Parameter httpsPort: where the HTTPS listener is.
    func respond(to request: Request, httpsPort: UInt16) -> Response {
        if request.path == "/healthz", request.method == .get || request.method == .head {
            return Health.response(instance: instance)
        }
        // The parser has checked the host's form. An HTTP/1.0 client may name none: then there is nowhere to send it.
        guard let host = request.host else { return .text("HTTPS only.\n", status: .badRequest) }
        let port = httpsPort == 443 ? "" : ":\(httpsPort)"
        let target = request.path == "*" ? "/" : request.query.map { "\(request.path)?\($0)" } ?? request.path
        return .redirect(to: "https://\(host)\(port)\(target)", status: .permanentRedirect)
    }
}
