/// Percent-encoding (RFC 3986 section 2.1).
public struct PercentCoding: Sendable {
    /// Bytes that stay as they are when encoding: the unreserved characters.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    /// Encodes everything but the unreserved characters, so that the result fits in any part of a URL.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if isUnreserved(byte) {
                text.append(byte)
            } else {
                text.append(UInt8(ascii: "%"))
                text.append(hexDigit(byte >> 4))
                text.append(hexDigit(byte & 0x0F))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Encodes a text's UTF-8 bytes.
    public static func encode(_ text: String) -> String {
        encode(text.utf8)
    }

    /// Decodes to bytes, once.
    ///
    /// - Parameter plusIsSpace: read `+` as a space, as `application/x-www-form-urlencoded` does.
    /// - Throws: `.malformed` for a percent sign without two hexadecimal digits.
    public static func decode(_ bytes: some Sequence<UInt8>, plusIsSpace: Bool = false) throws(HTTPError) -> [UInt8] {
        var decoded: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue) else {
                    throw HTTPError(.malformed, "A percent sign is not followed by two hexadecimal digits.")
                }
                decoded.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                decoded.append(UInt8(ascii: " "))
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }

    /// Decodes to text.
    ///
    /// - Throws: `.malformed` for a bad percent sequence or bytes that are not UTF-8.
    public static func decodeText(_ text: some StringProtocol, plusIsSpace: Bool = false) throws(HTTPError) -> String {
        let bytes = try decode(text.utf8, plusIsSpace: plusIsSpace)
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw HTTPError(.malformed, "The text is not UTF-8.")
        }
        return decoded
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
