import HTTPTypes

/// Writes responses: head and body in one piece, framing fields by the server alone (RFC 9112 section 6).
enum ResponseEncoder {
    /// The bytes that ask a waiting client for its body.
    static let continueBytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Encodes a response.
    ///
    /// - Parameters:
    ///   - method: the request's method; nil when the request could not be read.
    ///   - minorVersion: of the request, since an HTTP/1.0 client must be told that the connection stays.
    ///   - keepsAlive: whether the connection stays open.
    ///   - date: the Date field's value.
    static func encode(
        _ response: Response, to method: HTTPRequest.Method?, minorVersion: Int = 1, keepsAlive: Bool, date: String
    ) -> [UInt8] {
        // An interim or unknown status from a handler would leave the client waiting or guessing.
        let status = (200...599).contains(response.status.code) ? response.status : .internalServerError
        let forbidsBody = status == .noContent || status == .notModified
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + response.body.count)
        bytes.append(contentsOf: "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nDate: \(date)\r\n".utf8)
        for field in response.fields where !isOwn(field.name) {
            FieldEncoder.append(field, to: &bytes)
        }
        if !forbidsBody {
            bytes.append(contentsOf: "Content-Length: \(response.body.count)\r\n".utf8)
        }
        if !keepsAlive {
            bytes.append(contentsOf: "Connection: close\r\n".utf8)
        } else if minorVersion == 0 {
            bytes.append(contentsOf: "Connection: keep-alive\r\n".utf8)
        }
        bytes.append(contentsOf: "\r\n".utf8)
        if !forbidsBody, method != .head {
            bytes.append(contentsOf: response.body)
        }
        return bytes
    }

    /// Whether the handler wants the connection closed.
    static func wantsClose(_ response: Response) -> Bool {
        response.fields[values: .connection].flatMap(FieldLine.elements).contains { $0.equalsIgnoringCase("close") }
    }

    private static func isOwn(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName {
        case "date", "content-length", "transfer-encoding", "connection", "keep-alive", "trailer", "upgrade": true
        default: false
        }
    }
}
