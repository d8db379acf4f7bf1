import HTTPTypes

/// One request of the client. `Host`, `Content-Length` and `Connection` are the client's; those among `fields` are
/// dropped.
public struct ClientRequest: Sendable {
    /// The method.
    public var method: HTTPRequest.Method
    /// The host: a name, an IPv4 address or an IPv6 address with or without brackets.
    public var host: String
    /// The port, 1 to 65535.
    public var port: UInt16
    /// Path and query, percent-encoded, beginning with `/`.
    public var target: String
    /// The header fields.
    public var fields: HTTPFields
    /// The body.
    public var body: [UInt8]
    /// Whether to speak TLS; needs a client with trust anchors.
    public var isSecure: Bool

    /// A request from its parts.
    public init(
        method: HTTPRequest.Method = .get, host: String, port: UInt16 = 80, target: String = "/",
        fields: HTTPFields = [:], body: [UInt8] = [], isSecure: Bool = false
    ) {
        self.method = method
        self.host = host
        self.port = port
        self.target = target
        self.fields = fields
        self.body = body
        self.isSecure = isSecure
    }

    /// The host as URLs and the Host field write it.
    var hostInURL: String {
        host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    }

    /// The host as resolvers and certificates write it.
    var hostWithoutBrackets: String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    var defaultPort: UInt16 {
        isSecure ? 443 : 80
    }
}
