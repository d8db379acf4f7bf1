import HTTPTypes

/// What a handler answers. The server adds Date, Content-Length and Connection and leaves the body out where the
/// protocol forbids one (HEAD, 204, 304), so that a handler never writes framing fields; those it sets are dropped,
/// except `Connection: close`, which is honoured.
///
/// Field values cannot carry CR, LF or NUL: `HTTPField` turns such bytes into spaces.
public struct Response: Sendable {
    /// The status code with its reason phrase.
    public var status: HTTPResponse.Status
    /// The header fields.
    public var fields: HTTPFields
    /// The body.
    public var body: [UInt8]

    /// A response from its parts.
    public init(status: HTTPResponse.Status = .ok, fields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A response with one media type, such as `text/html; charset=utf-8`.
    public init(status: HTTPResponse.Status = .ok, contentType: String, body: [UInt8]) {
        self.init(status: status, fields: [.contentType: contentType], body: body)
    }

    /// A plain-text response in UTF-8.
    public static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// A redirect. The caller decides that `location` is one of its own; 303 makes the client GET it (RFC 9110
    /// section 15.4.4).
    public static func redirect(to location: String, status: HTTPResponse.Status = .seeOther) -> Response {
        Response(status: status, fields: [.location: location])
    }
}
