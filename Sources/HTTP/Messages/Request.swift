import HTTPTypes

/// A complete request as a handler sees it: head and body read, message syntax and Host checked (RFC 9112).
public struct Request: Sendable {
    /// Method, authority, target and header fields.
    public var head: HTTPRequest
    /// The path of the target, percent-encoded as received, without the query; `*` for a server-wide OPTIONS.
    public var path: String
    /// The query without its question mark, percent-encoded as received; nil without a question mark.
    public var query: String?
    /// The decoded body; empty when there is none.
    public var body: [UInt8]
    /// The peer's IP address as text, without a port.
    public var remoteAddress: String
    /// The port of the listener that took the connection.
    public var localPort: UInt16
    /// Whether the connection is TLS.
    public var isSecure: Bool
    /// The host that the client asked for (Host field or absolute target, RFC 9112 section 3.2), without a port; IPv6
    /// literals in brackets.
    /// Nil only for an HTTP/1.0 request without a Host field.
    public var host: String?
    /// The port that the client asked for; nil when it named none.
    public var hostPort: UInt16?

    /// The request method.
    public var method: HTTPRequest.Method {
        head.method
    }

    /// The header fields.
    public var fields: HTTPFields {
        head.headerFields
    }

    /// A request from its parts; handlers get theirs from the server, tests make them here.
    public init(
        method: HTTPRequest.Method = .get, path: String = "/", query: String? = nil, fields: HTTPFields = [:],
        body: [UInt8] = [], remoteAddress: String = "127.0.0.1", localPort: UInt16 = 80, isSecure: Bool = false,
        host: String? = nil, hostPort: UInt16? = nil
    ) {
        let authority = host.map { name in hostPort.map { "\(name):\($0)" } ?? name }
        let target = query.map { "\(path)?\($0)" } ?? path
        self.head = HTTPRequest(
            method: method, scheme: isSecure ? "https" : "http", authority: authority, path: target,
            headerFields: fields)
        self.path = path
        self.query = query
        self.body = body
        self.remoteAddress = remoteAddress
        self.localPort = localPort
        self.isSecure = isSecure
        self.host = host
        self.hostPort = hostPort
    }
}
