import FoundationEssentials
import Glibc

/// Writes DER (X.690): just the types that names, requests, certificates and signed messages are made of.
///
/// What this module sends is written here rather than by OpenSSL where OpenSSL leaves no choice: it always adds a
/// signingTime to signed messages, which a machine without a trustworthy clock must not send (a server may answer
/// badTime, RFC 8894 §3.2.1.4).
enum DER {
    static let null: [UInt8] = [0x05, 0x00]

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var bytes = [tag]
        if content.count < 0x80 {
            bytes.append(UInt8(content.count))
        } else {
            var length: [UInt8] = []
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xff), at: 0)
                rest >>= 8
            }
            bytes.append(0x80 | UInt8(length.count))
            bytes += length
        }
        return bytes + content
    }

    static func sequence(_ elements: [UInt8]...) -> [UInt8] { sequence(of: elements) }

    static func sequence(of elements: [[UInt8]]) -> [UInt8] { element(0x30, elements.flatMap { $0 }) }

    /// SET OF, in the order that DER prescribes (X.690 §11.6); with another tag for an IMPLICIT one.
    static func set(of elements: [[UInt8]], tag: UInt8 = 0x31) -> [UInt8] {
        element(tag, elements.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 })
    }

    /// A constructed context-specific tag.
    static func explicit(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { element(0xa0 | number, content) }

    static func boolean(_ value: Bool) -> [UInt8] { element(0x01, [value ? 0xff : 0x00]) }

    /// A non-negative INTEGER from its magnitude, most significant byte first.
    static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        let significant = Array(magnitude.drop { $0 == 0 })
        guard let first = significant.first else { return element(0x02, [0]) }
        return element(0x02, first & 0x80 == 0 ? significant : [0] + significant)
    }

    static func integer(_ value: UInt8) -> [UInt8] { integer([value]) }

    static func octetString(_ bytes: [UInt8]) -> [UInt8] { element(0x04, bytes) }

    static func bitString(_ bytes: [UInt8], unusedBits: UInt8 = 0) -> [UInt8] { element(0x03, [unusedBits] + bytes) }

    static func utf8String(_ text: String) -> [UInt8] { element(0x0c, Array(text.utf8)) }

    static func printableString(_ text: String) -> [UInt8] { element(0x13, Array(text.utf8)) }

    static func ia5String(_ text: String) -> [UInt8] { element(0x16, Array(text.utf8)) }

    /// DirectoryString: PrintableString when it can hold the text, else UTF8String (RFC 5280 §4.1.2.4, RFC 8894 §2.3).
    static func directoryString(_ text: String) -> [UInt8] {
        isPrintable(text) ? printableString(text) : utf8String(text)
    }

    /// Whether PrintableString can hold the text (X.680 §41.4).
    static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: " '()+,-./:=?".utf8.contains(byte)
            }
        }
    }

    /// An OBJECT IDENTIFIER from its dotted form.
    static func objectIdentifier(_ dotted: String) throws(PKIError) -> [UInt8] {
        let arcs = dotted.split(separator: ".", omittingEmptySubsequences: false).map {
            $0.first == "+" ? nil : UInt64($0)
        }
        guard arcs.count >= 2, arcs.count <= 32, let first = arcs[0], let second = arcs[1], first <= 2,
            second < (first == 2 ? 1 << 32 : 40)
        else { throw PKIError(.invalidInput, "not an object identifier") }
        var content = base128(first * 40 + second)
        for arc in arcs.dropFirst(2) {
            guard let arc else { throw PKIError(.invalidInput, "not an object identifier") }
            content += base128(arc)
        }
        return element(0x06, content)
    }

    private static func base128(_ value: UInt64) -> [UInt8] {
        var bytes = [UInt8(value & 0x7f)]
        var rest = value >> 7
        while rest > 0 {
            bytes.insert(0x80 | UInt8(rest & 0x7f), at: 0)
            rest >>= 7
        }
        return bytes
    }

    /// Time: UTCTime from 1950 to 2049, else GeneralizedTime (RFC 5280 §4.1.2.5). Fractions of a second are cut off.
    static func time(_ date: Date) throws(PKIError) -> [UInt8] {
        var seconds = try wholeSeconds(date)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { throw PKIError(.invalidInput, "date out of range") }
        let year = Int(parts.tm_year) + 1900
        let rest = [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
            .map { padded(Int($0), to: 2) }.joined()
        if (1950..<2050).contains(year) { return element(0x17, Array((padded(year % 100, to: 2) + rest + "Z").utf8)) }
        return element(0x18, Array((padded(year, to: 4) + rest + "Z").utf8))
    }

    /// Seconds since 1970, for dates that X.509 can hold (years 0 to 9999).
    static func wholeSeconds(_ date: Date) throws(PKIError) -> Int {
        let seconds = date.timeIntervalSince1970
        guard seconds.isFinite, (-62_167_219_200...253_402_300_799).contains(seconds.rounded(.down)) else {
            throw PKIError(.invalidInput, "date out of range")
        }
        return Int(seconds.rounded(.down))
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
