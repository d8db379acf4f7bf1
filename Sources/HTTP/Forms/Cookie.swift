import HTTPTypes

/// The cookies of a request (RFC 6265 section 4.2).
public enum Cookie {
    /// The value of the cookie with this name; nil when there is none.
    ///
    /// Pairs that are not well formed are passed over: another application on the same host may have set them.
    ///
    /// - Throws: `.repeated` when the name appears more than once: one of the two was planted.
    public static func value(_ name: String, in fields: HTTPFields) throws(HTTPError) -> String? {
        var found: String?
        for field in fields[values: .cookie] {
            for pair in field.split(separator: ";") {
                let parts = trimmed(pair).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0] == name, isValue(parts[1]) else {
                    continue
                }
                guard found == nil else {
                    throw HTTPError(.repeated, "The cookie \(name) was sent more than once.")
                }
                found = String(parts[1])
            }
        }
        return found
    }

    /// Whether every character may stand in a cookie value: cookie-octet of RFC 6265 section 4.1.1.
    static func isValue(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case 0x21, 0x23...0x2B, 0x2D...0x3A, 0x3C...0x5B, 0x5D...0x7E: true
            default: false
            }
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" {
            text.removeFirst()
        }
        while text.last == " " || text.last == "\t" {
            text.removeLast()
        }
        return text
    }
}
