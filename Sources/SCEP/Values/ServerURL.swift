/// Where the SCEP server is: an `http` URL without a port, and the port.
///
/// The path is kept exactly as typed: servers compare it by case, and none is normalised (RFC 8894 §4.1).
public struct ServerURL: Sendable, Hashable, CustomStringConvertible {
    /// The path of RFC 8894 §4.1, used when the URL names none.
    public static let defaultPath = "/cgi-bin/pkiclient.exe"
    /// Most characters that a URL may have.
    public static let maximumLength = 255

    /// The URL as typed, without surrounding blanks.
    public let url: String
    /// 1–65535.
    public let port: Int
    /// DNS name or address; an IPv6 address stands without its brackets.
    public let host: String
    /// Where requests go: the path as typed, or ``defaultPath``.
    public let path: String

    /// - Parameters:
    ///   - url: `http://host/path`, at most 255 characters; IPv6 addresses in brackets.
    ///   - port: 1–65535.
    /// - Throws: the first reason that speaks against it.
    public init(url: String, port: Int) throws(ServerURLError) {
        let text = Self.trimmed(url)
        guard !text.isEmpty else { throw .empty }
        guard text.count <= Self.maximumLength else { throw .tooLong }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .forbiddenCharacter }
        let afterScheme = try Self.withoutScheme(text)
        let end = afterScheme.firstIndex { "/?#".contains($0) } ?? afterScheme.endIndex
        let authority = afterScheme[..<end]
        let rest = afterScheme[end...]
        if rest.contains("#") { throw .fragment }
        if rest.contains("?") { throw .query }
        if authority.contains("@") { throw .userInformation }
        if Self.hasPort(authority) { throw .portInURL }
        guard !authority.isEmpty else { throw .noHost }
        guard let host = HostName.parse(authority) else { throw .badHost }
        guard Self.isPath(rest) else { throw .badPath }
        guard (1...65535).contains(port) else { throw .portOutOfRange }
        self.url = String(text)
        self.port = port
        self.host = host
        self.path = rest.isEmpty ? Self.defaultPath : String(rest)
    }

    /// The whole address with its port, for logs and pages.
    public var description: String {
        "http://\(host.contains(":") ? "[\(host)]" : host):\(port)\(path)"
    }

    private static func trimmed(_ text: String) -> Substring {
        var slice = Substring(text)
        while slice.first == " " || slice.first == "\t" { slice.removeFirst() }
        while slice.last == " " || slice.last == "\t" { slice.removeLast() }
        return slice
    }

    private static func withoutScheme(_ text: Substring) throws(ServerURLError) -> Substring {
        let lower = text.lowercased()
        if lower.hasPrefix("https:") { throw .httpsNotSupported }
        guard lower.hasPrefix("http://") else { throw .schemeNotSupported }
        return text.dropFirst("http://".count)
    }

    private static func hasPort(_ authority: Substring) -> Bool {
        guard authority.first == "[" else { return authority.contains(":") }
        guard let close = authority.firstIndex(of: "]") else { return false }
        return authority[authority.index(after: close)...].first == ":"
    }

    private static func isPath(_ path: Substring) -> Bool {
        let bytes = Array(path.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, isHex(bytes[index + 1]), isHex(bytes[index + 2]) else { return false }
                index += 3
                continue
            }
            if "\"<>\\^`{|}[]".utf8.contains(bytes[index]) { return false }
            index += 1
        }
        return true
    }

    private static func isHex(_ byte: UInt8) -> Bool { Character(UnicodeScalar(byte)).isHexDigit }
}

extension ServerURL: Codable {
    private enum CodingKeys: String, CodingKey { case url, port }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let url = try container.decode(String.self, forKey: .url)
        try self.init(url: url, port: container.decode(Int.self, forKey: .port))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(url, forKey: .url)
        try container.encode(port, forKey: .port)
    }
}
