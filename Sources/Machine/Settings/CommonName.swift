import Glibc

/// The subject of a certificate as the form takes it: an IP address or a fully qualified domain name (I1).
public enum CommonName {
    /// Checks one entry: 1 to 64 printable ASCII characters (the X.520 limit) that are an IPv4 or IPv6 address or a
    /// name of at least two labels (RFC 1123 §2.1).
    static func validated(_ text: String) throws(FieldProblemError) -> String {
        let text = try FieldRules.printableASCII(FieldRules.trimmed(text), 1...64)
        guard isAddress(text) || isQualifiedName(text) else { throw FieldProblemError(.notAddressOrName) }
        return text
    }

    /// An IPv4 address in dotted form or an IPv6 address, without brackets or zone.
    static func isAddress(_ text: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1
    }

    /// Labels of 1 to 63 letters, digits and inner hyphens; the last is not all digits, or it would read as an address.
    static func isQualifiedName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last else { return false }
        let hyphen = UInt8(ascii: "-")
        for label in labels {
            guard (1...63).contains(label.utf8.count), label.utf8.first != hyphen, label.utf8.last != hyphen,
                label.utf8.allSatisfy({ FieldRules.isAlphanumeric($0) || $0 == hyphen })
            else { return false }
        }
        return !last.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
