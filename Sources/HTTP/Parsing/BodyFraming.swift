import HTTPTypes

/// Where a message's body ends (RFC 9112 section 6.3).
public enum BodyFraming: Sendable, Equatable {
    /// There is no body.
    case none
    /// So many bytes; at least one.
    case length(Int)
    /// In chunks.
    case chunked
    /// At the end of the connection; responses only.
    case untilClose
}

extension BodyFraming {
    /// The framing of a request.
    ///
    /// - Throws: `.refused` with 400, 413 or 501. A request that could be read in two ways is refused, never
    ///   repaired: Content-Length with
    ///   Transfer-Encoding, either one twice, lists, signs, a Transfer-Encoding in HTTP/1.0 (RFC 9112 sections 6.1
    /// and 6.3).
    static func ofRequest(
        _ fields: HTTPFields, minorVersion: Int, limits: MessageLimits
    ) throws(HTTPError) -> BodyFraming {
        let encodings = fields[values: .transferEncoding]
        let lengths = fields[values: .contentLength]
        guard encodings.isEmpty else {
            guard lengths.isEmpty else {
                throw HTTPError(.refused(status: 400), "The request has both Content-Length and Transfer-Encoding.")
            }
            guard minorVersion >= 1 else {
                throw HTTPError(.refused(status: 400), "HTTP/1.0 has no Transfer-Encoding.")
            }
            try checkCodings(encodings)
            return .chunked
        }
        guard let value = lengths.first else {
            return .none
        }
        guard lengths.count == 1, let length = decimal(value) else {
            throw HTTPError(.refused(status: 400), "Content-Length is not one decimal number.")
        }
        guard length <= limits.bodyBytes else {
            throw HTTPError(.refused(status: 413), "The body is larger than \(limits.bodyBytes) bytes.")
        }
        return length == 0 ? .none : .length(length)
    }

    /// The framing of a response to a request with this method.
    ///
    /// - Throws: `.malformed` or `.tooLarge`.
    static func ofResponse(
        _ fields: HTTPFields, status: Int, to method: HTTPRequest.Method, minorVersion: Int, limits: MessageLimits
    ) throws(HTTPError) -> BodyFraming {
        guard method != .head, status >= 200, status != 204, status != 304 else {
            return .none
        }
        let encodings = fields[values: .transferEncoding]
        // A recipient may take equal lengths as one (RFC 9110 section 8.6); some gateways send them twice.
        let lengths = Set(fields[values: .contentLength].flatMap { FieldLine.elements($0).map(\.text) })
        guard encodings.isEmpty else {
            guard lengths.isEmpty, minorVersion >= 1 else {
                throw HTTPError(.malformed, "The reply's Transfer-Encoding contradicts its Content-Length or version.")
            }
            guard encodings.count == 1, Array(encodings[0].utf8)[...].equalsIgnoringCase("chunked") else {
                throw HTTPError(.malformed, "The reply has a Transfer-Encoding other than chunked.")
            }
            return .chunked
        }
        guard let value = lengths.first else {
            return .untilClose
        }
        guard lengths.count == 1, let length = decimal(value) else {
            throw HTTPError(.malformed, "The reply's Content-Length is not one decimal number.")
        }
        guard length <= limits.bodyBytes else {
            throw HTTPError(.tooLarge, "The reply is larger than \(limits.bodyBytes) bytes.")
        }
        return length == 0 ? .none : .length(length)
    }

    /// Exactly `chunked` passes. A coding that we do not know gets 501, anything that is not a list of codings 400
    /// (RFC 9112 section 6.1).
    private static func checkCodings(_ values: [String]) throws(HTTPError) {
        let codings = values.flatMap(FieldLine.elements)
        guard codings.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isToken) }) else {
            throw HTTPError(.refused(status: 400), "Transfer-Encoding is not a list of codings.")
        }
        guard codings.allSatisfy({ $0.equalsIgnoringCase("chunked") }) else {
            throw HTTPError(.refused(status: 501), "The request has a Transfer-Encoding other than chunked.")
        }
        guard codings.count == 1 else {
            throw HTTPError(.refused(status: 400), "The request is chunked more than once.")
        }
    }

    /// 1 to 19 digits and nothing else, so that the value cannot overflow.
    static func decimal(_ text: String) -> Int? {
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit) else {
            return nil
        }
        return Int(text)
    }
}
