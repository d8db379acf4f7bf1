import HTTPTypes

/// A request's first line (RFC 9112 section 3): one space between three parts, and nothing else.
struct RequestLine: Sendable {
    let method: HTTPRequest.Method
    let target: RequestTarget
    let minorVersion: Int

    /// - Throws: `.refused` with 400, 501 (method) or 505 (version).
    init(_ line: ArraySlice<UInt8>, methods: [HTTPRequest.Method]) throws(HTTPError) {
        let parts = line.split(separator: .space, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
            throw HTTPError(.refused(status: 400), "The request line has not three parts.")
        }
        guard parts[0].allSatisfy(\.isToken), let method = HTTPRequest.Method(parts[0].text) else {
            throw HTTPError(.refused(status: 400), "The method is not a token.")
        }
        let minorVersion = try Self.minorVersion(parts[2])
        guard methods.contains(method) else {
            throw HTTPError(.refused(status: 501), "The method is not one that this server knows.")
        }
        self.method = method
        self.minorVersion = minorVersion
        do {
            self.target = try RequestTarget(parts[1], method: method)
        } catch {
            throw HTTPError(.refused(status: 400), error.reason)
        }
    }

    /// `HTTP/` in capitals, a digit, a dot, a digit (RFC 9112 section 2.3).
    private static func minorVersion(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> Int {
        let digits = bytes.dropFirst(5)
        guard bytes.starts(with: "HTTP/".utf8), digits.count == 3, digits.dropFirst().first == UInt8(ascii: "."),
            let major = digits.first, major.isDigit, let minor = digits.last, minor.isDigit
        else {
            throw HTTPError(.refused(status: 400), "The request line has no HTTP version.")
        }
        guard major == UInt8(ascii: "1") else {
            throw HTTPError(.refused(status: 505), "The server speaks HTTP/1.1 and HTTP/1.0 only.")
        }
        return minor == UInt8(ascii: "0") ? 0 : 1
    }
}
