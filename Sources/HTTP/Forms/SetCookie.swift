import HTTPTypes

/// A cookie that the server sets, for the whole host and for nothing beside it (no Domain). Parts are checked, so
/// that no value
/// can add an attribute (RFC 6265 section 4.1).
public struct SetCookie: Sendable, Equatable {
    /// Which requests from other sites carry the cookie.
    public enum SameSite: String, Sendable {
        /// None.
        case strict = "Strict"
        /// Those that follow a link.
        case lax = "Lax"
    }

    /// The whole field value.
    public let fieldValue: String

    /// A cookie from its parts.
    ///
    /// - Parameters:
    ///   - name: a token (RFC 9110 section 5.6.2). A `__Host-` name must be secure and have the path `/`.
    ///   - value: cookie octets: printable ASCII without space, quote, comma, semicolon and backslash.
    ///   - path: printable ASCII without a semicolon, beginning with `/`.
    ///   - maxAge: seconds to live; 0 deletes the cookie, nil ends it with the browser's session.
    /// - Throws: `.invalid`; the reason never holds the value.
    public init(
        name: String, value: String, path: String = "/", maxAge: Int? = nil, isSecure: Bool, isHTTPOnly: Bool = true,
        sameSite: SameSite = .strict
    ) throws(HTTPError) {
        guard HTTPField.Name(name) != nil else {
            throw HTTPError(.invalid, "The cookie's name is not a token.")
        }
        guard Cookie.isValue(value) else {
            throw HTTPError(.invalid, "The value of the cookie \(name) has a character that cookies cannot carry.")
        }
        guard path.utf8.first == UInt8(ascii: "/"),
            path.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ";") })
        else {
            throw HTTPError(.invalid, "The path of the cookie \(name) is not valid.")
        }
        guard !name.lowercased().hasPrefix("__host-") || (isSecure && path == "/") else {
            throw HTTPError(.invalid, "The cookie \(name) must be secure and have the path /.")
        }
        var text = "\(name)=\(value); Path=\(path)"
        if let maxAge {
            text += "; Max-Age=\(max(0, maxAge))"
        }
        if isSecure {
            text += "; Secure"
        }
        if isHTTPOnly {
            text += "; HttpOnly"
        }
        self.fieldValue = text + "; SameSite=\(sameSite.rawValue)"
    }
}
