import Glibc

/// The host part of a URL: a DNS name, an IPv4 address, or an IPv6 address (kept without its brackets).
enum HostName {
    /// The host in its plain form (lower case is not forced, brackets are removed), or nil when it is no valid host.
    static func parse(_ text: Substring) -> String? {
        if text.first == "[" {
            guard text.last == "]", text.count > 2 else { return nil }
            let inner = String(text.dropFirst().dropLast())
            var address = in6_addr()
            return inet_pton(AF_INET6, inner, &address) == 1 ? inner : nil
        }
        let host = String(text)
        if host.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }) {
            var address = in_addr()
            return inet_pton(AF_INET, host, &address) == 1 ? host : nil
        }
        return isDNSName(host) ? host : nil
    }

    /// Letters, digits, hyphens and underscores (Windows host names have them) in labels of 1–63, 253 in all;
    /// one final dot is allowed.
    private static func isDNSName(_ host: String) -> Bool {
        let name = host.hasSuffix(".") ? host.dropLast() : Substring(host)
        guard !name.isEmpty, name.utf8.count <= 253 else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(isLabelByte)
                && label.first != "-" && label.last != "-"
        }
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
