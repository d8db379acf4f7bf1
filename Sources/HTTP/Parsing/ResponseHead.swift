import HTTPTypes

/// A response's head.
public struct ResponseHead: Sendable, Equatable {
    /// The status code, 100 to 999.
    public let status: Int
    /// The minor version: 0 or 1.
    public let minorVersion: Int
    /// The header fields.
    public let fields: HTTPFields
    /// Where the body ends.
    public let framing: BodyFraming

    /// Reads `HTTP/1.x SP 3DIGIT [SP reason]` (RFC 9112 section 4). The reason phrase carries nothing and may be
    /// missing with its space.
    static func statusLine(_ line: ArraySlice<UInt8>) throws(HTTPError) -> (status: Int, minorVersion: Int) {
        let rest = line.dropFirst(7)
        guard line.starts(with: "HTTP/1.".utf8), let minor = rest.first, minor.isDigit,
            rest.dropFirst().first == .space
        else {
            throw HTTPError(.malformed, "The reply does not begin with an HTTP/1 status line.")
        }
        let digits = rest.dropFirst(2).prefix { $0 != .space }
        guard digits.count == 3, digits.allSatisfy(\.isDigit), let status = Int(digits.text), status >= 100,
            rest.dropFirst(5).allSatisfy(\.isFieldContent)
        else {
            throw HTTPError(.malformed, "The reply's status is not a three-digit number.")
        }
        return (status, minor == UInt8(ascii: "0") ? 0 : 1)
    }
}
