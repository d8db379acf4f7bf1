import HTTPTypes

/// A request's head, read and checked.
public struct RequestHead: Sendable, Equatable {
    /// The method, one of those that the parser was told to accept.
    public let method: HTTPRequest.Method
    /// The path as received, percent-encoded.
    public let path: String
    /// The query as received, without the question mark.
    public let query: String?
    /// The host asked for; nil only in HTTP/1.0.
    public let host: HostName?
    /// The minor version: 0 or 1. A higher one is processed as 1 (RFC 9110 section 2.5).
    public let minorVersion: Int
    /// The header fields.
    public let fields: HTTPFields
    /// Where the body ends.
    public let framing: BodyFraming
    /// Whether the client wants to send another request on the connection (RFC 9112 section 9.3).
    public let keepsAlive: Bool
    /// Whether the client waits for 100 Continue before it sends the body (RFC 9110 section 10.1.1).
    public let expectsContinue: Bool
}

extension RequestHead {
    /// Checks what the fields say together.
    ///
    /// - Throws: `.refused` with 400, 413, 417 or 501.
    init(_ line: RequestLine, _ fields: HTTPFields, limits: MessageLimits) throws(HTTPError) {
        let fieldHost = try Self.host(fields, minorVersion: line.minorVersion)
        let framing = try BodyFraming.ofRequest(fields, minorVersion: line.minorVersion, limits: limits)
        self.method = line.method
        self.path = line.target.path
        self.query = line.target.query
        self.host = line.target.host ?? fieldHost
        self.minorVersion = line.minorVersion
        self.fields = fields
        self.framing = framing
        let options = fields[values: .connection].flatMap(FieldLine.elements)
        if options.contains(where: { $0.equalsIgnoringCase("close") }) {
            self.keepsAlive = false
        } else {
            self.keepsAlive = line.minorVersion >= 1 || options.contains { $0.equalsIgnoringCase("keep-alive") }
        }
        self.expectsContinue = try Self.expectsContinue(fields, minorVersion: line.minorVersion) && framing != .none
    }

    /// RFC 9112 section 3.2: exactly one valid Host field; HTTP/1.0 may do without.
    private static func host(_ fields: HTTPFields, minorVersion: Int) throws(HTTPError) -> HostName? {
        let values = fields.filter { $0.name.canonicalName == "host" }
        guard let value = values.first else {
            guard minorVersion == 0 else {
                throw HTTPError(.refused(status: 400), "The request has no Host field.")
            }
            return nil
        }
        guard values.count == 1, let host = HostName(value.value) else {
            throw HTTPError(.refused(status: 400), "The request has not one valid Host field.")
        }
        return host
    }

    private static func expectsContinue(_ fields: HTTPFields, minorVersion: Int) throws(HTTPError) -> Bool {
        let expectations = fields[values: .expect].flatMap(FieldLine.elements)
        // RFC 9110 section 10.1.1: an HTTP/1.0 client does not know the field.
        guard !expectations.isEmpty, minorVersion >= 1 else {
            return false
        }
        guard expectations.allSatisfy({ $0.equalsIgnoringCase("100-continue") }) else {
            throw HTTPError(.refused(status: 417), "The request expects something other than 100-continue.")
        }
        return true
    }
}
