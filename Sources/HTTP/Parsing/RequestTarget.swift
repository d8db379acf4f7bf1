import HTTPTypes

/// A request target (RFC 9112 section 3.2), taken apart.
struct RequestTarget: Sendable, Equatable {
    /// The path, percent-encoded; `*` for the asterisk form.
    let path: String
    /// What follows the question mark.
    let query: String?
    /// The host of an absolute form; it overrides the Host field (RFC 9112 section 3.2.2).
    let host: HostName?

    /// Reads the target of a request with this method.
    ///
    /// - Throws: `.malformed` for anything that is not one of the forms that the method may have.
    init(_ bytes: ArraySlice<UInt8>, method: HTTPRequest.Method) throws(HTTPError) {
        var rest = bytes
        if bytes.first == UInt8(ascii: "/") {
            self.host = nil
        } else if bytes.elementsEqual([UInt8(ascii: "*")]), method == .options {
            self.host = nil
            self.path = "*"
            self.query = nil
            return
        } else if let scheme = Self.schemes.first(where: { bytes.prefix($0.utf8CodeUnitCount).equalsIgnoringCase($0) })
        {
            let afterScheme = bytes.dropFirst(scheme.utf8CodeUnitCount)
            let end =
                afterScheme.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? afterScheme.endIndex
            guard let host = HostName(afterScheme[..<end]) else {
                throw HTTPError(.malformed, "The request target's host is not valid.")
            }
            self.host = host
            rest = afterScheme[end...]
        } else {
            throw HTTPError(.malformed, "The request target is neither a path nor a URL.")
        }
        guard Self.isPathAndQuery(rest) else {
            throw HTTPError(.malformed, "The request target has a character that URLs cannot carry.")
        }
        let mark = rest.firstIndex(of: UInt8(ascii: "?"))
        let path = rest[..<(mark ?? rest.endIndex)]
        self.path = path.isEmpty ? "/" : path.text
        self.query = mark.map { rest[($0 + 1)...].text }
    }

    private static let schemes: [StaticString] = ["http://", "https://"]

    private static func isPathAndQuery(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%") {
                guard bytes.endIndex - index > 2, PercentCoding.hexValue(bytes[index + 1]) != nil,
                    PercentCoding.hexValue(bytes[index + 2]) != nil
                else {
                    return false
                }
                index += 3
            } else if bytes[index].isPathOrQuery {
                index += 1
            } else {
                return false
            }
        }
        return true
    }
}
