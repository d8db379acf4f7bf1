import Glibc

/// A host as a client names it: a registered name of letters, digits, hyphens, dots and underscores, an IPv4 address,
/// or an IPv6 literal in
/// brackets, with an optional port (RFC 9110 section 7.2). Stricter than RFC 3986, which allows names that no
/// resolver knows.
public struct HostName: Sendable, Hashable {
    /// The name or address; an IPv6 literal keeps its brackets.
    public let name: String
    /// The port, 1 to 65535; nil when none is named.
    public let port: UInt16?

    /// Reads `name` or `name:port`; nil for anything else, user information, lists, paths and blanks included.
    public init?(_ text: some StringProtocol) {
        self.init(Array(text.utf8)[...])
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        let name: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")),
                Self.isIPv6(bytes[(bytes.startIndex + 1)..<close])
            else {
                return nil
            }
            name = bytes[...close]
            rest = bytes[(close + 1)...]
        } else {
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            name = bytes[..<colon]
            rest = bytes[colon...]
            guard Self.isRegisteredName(name) else {
                return nil
            }
        }
        if rest.isEmpty {
            self.port = nil
        } else {
            guard rest.first == UInt8(ascii: ":"), let port = Self.port(rest.dropFirst()) else {
                return nil
            }
            self.port = port
        }
        self.name = name.text
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...5).contains(digits.count), digits.allSatisfy(\.isDigit), let port = UInt16(digits.text), port > 0
        else {
            return nil
        }
        return port
    }

    private static func isRegisteredName(_ name: ArraySlice<UInt8>) -> Bool {
        guard (1...255).contains(name.count) else {
            return false
        }
        // A single dot at the end names the root; an empty label elsewhere names nothing.
        let labels = (name.last == UInt8(ascii: ".") ? name.dropLast() : name)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { $0.isDigit || $0.isAlpha || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
    }

    private static func isIPv6(_ text: ArraySlice<UInt8>) -> Bool {
        guard (2...45).contains(text.count), !text.contains(0) else {
            return false
        }
        var address = in6_addr()
        return inet_pton(AF_INET6, text.text, &address) == 1
    }
}
