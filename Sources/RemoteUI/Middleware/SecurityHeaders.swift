import HTTP
import HTTPTypes

/// The fields that tell a browser what this site never does (ASVS 3.4). Made once, added to every response over HTTPS;
/// a field that the response already has stays.
struct SecurityHeaders: Middleware {
    private let fields: HTTPFields

    /// - Parameter isTrusted: whether an issued key serves. Only then is HTTPS made lasting (HSTS): a browser that has
    ///   learnt it refuses the self-signed default key for good.
    init(isTrusted: Bool) {
        var fields: HTTPFields = [
            .contentSecurityPolicy: """
            default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
            form-action 'self'; base-uri 'none'; frame-ancestors 'none'
            """,
            .xContentTypeOptions: "nosniff",
            // Pages may hold what is nobody else's business; static files set their own.
            .cacheControl: "no-store",
        ]
        let others = [
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        ]
        for (name, value) in others {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        if isTrusted { fields[.strictTransportSecurity] = "max-age=31536000" }
        self.fields = fields
    }

    func respond(to request: Request, next: Next) async throws -> Response {
        var response = try await next(request)
        for field in fields where response.fields[field.name] == nil {
            response.fields.append(field)
        }
        return response
    }
}
