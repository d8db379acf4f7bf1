/// The grammar of chunk extensions (RFC 9112 section 7.1.1): `;name`, `;name=token`, `;name="quoted"`, blanks around
/// `;` and `=`.
enum ChunkExtensions {
    static func areValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while true {
            skipBlanks(&rest)
            guard rest.popFirst() == UInt8(ascii: ";") else {
                return false
            }
            skipBlanks(&rest)
            guard skipToken(&rest) else {
                return false
            }
            if rest.isEmpty {
                return true
            }
            skipBlanks(&rest)
            if rest.first == UInt8(ascii: "=") {
                rest.removeFirst()
                skipBlanks(&rest)
                guard rest.first == UInt8(ascii: "\"") ? skipQuoted(&rest) : skipToken(&rest) else {
                    return false
                }
                if rest.isEmpty {
                    return true
                }
            }
        }
    }

    private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop(while: \.isBlank)
    }

    private static func skipToken(_ rest: inout ArraySlice<UInt8>) -> Bool {
        let after = rest.drop(while: \.isToken)
        defer { rest = after }
        return after.count < rest.count
    }

    private static func skipQuoted(_ rest: inout ArraySlice<UInt8>) -> Bool {
        rest.removeFirst()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return true
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), escaped.isFieldContent else {
                    return false
                }
            default:
                guard byte.isFieldContent else {
                    return false
                }
            }
        }
        return false
    }
}
