/// The character classes of RFC 9110 section 5.6 and RFC 3986, on bytes.
extension UInt8 {
    static let horizontalTab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20

    var isDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }

    var isAlpha: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    /// tchar: what a method and a field name are made of.
    var isToken: Bool {
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            isDigit || isAlpha
        }
    }

    /// What may stand in a field value: visible characters, space, tab and obs-text (RFC 9110 section 5.5).
    var isFieldContent: Bool {
        self == .horizontalTab || (self >= 0x20 && self != 0x7F)
    }

    /// What may stand in a path or query, percent signs aside (RFC 3986 section 3.3 and 3.4).
    var isPathOrQuery: Bool {
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: "?"):
            true
        default:
            PercentCoding.isUnreserved(self)
        }
    }

    /// OWS of RFC 9110 section 5.6.3.
    var isBlank: Bool {
        self == .space || self == .horizontalTab
    }
}

extension ArraySlice<UInt8> {
    /// The bytes without spaces and tabs at either end, and nothing else that looks blank (RFC 9110 section 5.5).
    var trimmed: ArraySlice<UInt8> {
        var slice = self
        while let first = slice.first, first.isBlank {
            slice.removeFirst()
        }
        while let last = slice.last, last.isBlank {
            slice.removeLast()
        }
        return slice
    }

    /// Whether the bytes are this ASCII text in any case.
    func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        lowercase.withUTF8Buffer { expected in
            count == expected.count
                && zip(self, expected).allSatisfy { ($0.isAlpha ? $0 | 0x20 : $0) == $1 }
        }
    }

    var text: String {
        String(decoding: self, as: UTF8.self)
    }
}
