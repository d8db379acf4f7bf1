import Foundation
import PKI
import SCEP
import Testing

@Suite struct FingerprintTests {
    @Test("A8: SHA-256 and SHA-1 are read with blanks, colons, hyphens and in either case")
    func spellings() throws {
        let certificate = try Samples.certificate("ca")
        let digits = Hex.encode(certificate.fingerprint(.sha256))
        let pairs = stride(from: 0, to: 64, by: 2).map { String(Array(digits)[$0..<$0 + 2]) }
        let sha1 = Hex.encode(certificate.fingerprint(.sha1))
        let spellings = [
            digits, digits.uppercased(), pairs.joined(separator: ":"), pairs.joined(separator: " "),
            "\u{200e}" + pairs.joined(separator: " ") + "\r\n", pairs.joined(separator: "-"), sha1, sha1.uppercased(),
        ]
        for text in spellings {
            let fingerprint = try Fingerprint(text: text)
            #expect(fingerprint.matches(certificate), "\(text)")
            #expect(try !fingerprint.matches(Samples.certificate("issued")))
        }
        #expect(Fingerprint(of: certificate).text == pairs.joined(separator: ":").uppercased())
    }

    @Test(
        "A8: MD5 and anything else is refused with its reason",
        arguments: [
            ("", Fingerprint.ParseError.empty), (" : ", .empty), ("xyz", .notHexadecimal), ("12 3G", .notHexadecimal),
            (String(repeating: "A1", count: 16), .md5), ("A1 B2", .wrongLength),
            (String(repeating: "A1", count: 64), .wrongLength),
            ("０" + String(repeating: "0", count: 63), .notHexadecimal),
        ])
    func refused(_ row: (text: String, reason: Fingerprint.ParseError)) {
        #expect(throws: row.reason) { try Fingerprint(text: row.text) }
    }
}
