import HTTPTypes

/// Writes the client's requests: one exchange a connection, framing fields by the client alone.
enum RequestEncoder {
    /// Encodes a request.
    ///
    /// - Throws: `.invalid` when the host or target has a character that would change the message.
    static func encode(_ request: ClientRequest) throws(HTTPError) -> [UInt8] {
        guard let host = HostName(request.hostInURL) else {
            throw HTTPError(.invalid, "The server's host name is not valid.")
        }
        let target = Array(request.target.utf8)
        guard target.first == UInt8(ascii: "/"),
            target.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
        else {
            throw HTTPError(.invalid, "The request's path is not valid.")
        }
        // The port is named when it is not the scheme's own (RFC 9110 section 7.2): strict servers compare it.
        let authority = request.port == request.defaultPort ? host.name : "\(host.name):\(request.port)"
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + request.body.count)
        bytes.append(contentsOf: "\(request.method.rawValue) \(request.target) HTTP/1.1\r\nHost: \(authority)\r\n".utf8)
        for field in request.fields where !isOwn(field.name) {
            FieldEncoder.append(field, to: &bytes)
        }
        if !request.body.isEmpty || request.method == .post || request.method == .put {
            bytes.append(contentsOf: "Content-Length: \(request.body.count)\r\n".utf8)
        }
        bytes.append(contentsOf: "Connection: close\r\n\r\n".utf8)
        bytes.append(contentsOf: request.body)
        return bytes
    }

    private static func isOwn(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName {
        case "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer": true
        default: false
        }
    }
}
