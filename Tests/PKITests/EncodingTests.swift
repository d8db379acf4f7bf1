import Testing

@testable import PKI

@Suite struct EncodingTests {
    @Test(
        "RFC 4648 §10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(_ plain: String, _ text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=Zg=", "Zm9v\n", " Zm9", "Zm-_", "====", "Zg==Zg==", "Zmé=",
    ])
    func base64ThatIsNotStrictIsRefused(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func everyByteSurvivesBase64AndHex() {
        let bytes = [UInt8](0...255)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(Hex.decode(Hex.encode(bytes, uppercase: true)) == bytes)
        #expect(Hex.encode([0x0a, 0xff]) == "0aff")
        #expect(Hex.encode([0x0a, 0xff], uppercase: true) == "0AFF")
        for text in ["a", "0g", "0x", "é0", " 0"] { #expect(Hex.decode(text) == nil) }
    }

    @Test(
        arguments: [
            ("1.2.840.113549.1.9.7", [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 7]),
            ("2.5.29.17", [6, 3, 0x55, 0x1d, 0x11]),
            ("2.999", [6, 2, 0x88, 0x37]), ("0.0", [6, 1, 0]),
        ] as [(String, [UInt8])])
    func objectIdentifiers(_ dotted: String, _ encoded: [UInt8]) throws {
        #expect(try DER.objectIdentifier(dotted) == encoded)
    }

    @Test(arguments: ["", "1", "3.1", "1.40", "1..2", "1.2.", "1.2.x", "1.2.-1", "1.2.99999999999999999999", "+1.2"])
    func textThatIsNoObjectIdentifierIsRefused(_ dotted: String) {
        #expect(code { _ = try DER.objectIdentifier(dotted) } == .invalidInput)
    }

    @Test func lengthsAndIntegersAreMinimal() {
        #expect(DER.integer([0, 0, 0x7f]) == [2, 1, 0x7f])
        #expect(DER.integer([0x80]) == [2, 2, 0, 0x80])
        #expect(DER.integer([]) == [2, 1, 0])
        #expect(DER.octetString([UInt8](repeating: 0, count: 127)).prefix(2) == [4, 127])
        #expect(DER.octetString([UInt8](repeating: 0, count: 128)).prefix(3) == [4, 0x81, 128])
        #expect(DER.octetString([UInt8](repeating: 0, count: 256)).prefix(4) == [4, 0x82, 1, 0])
    }

    @Test func keyUsageBitsStandWithoutTrailingZeros() {
        #expect(KeyUsage.digitalSignature.der == [3, 2, 7, 0x80])
        #expect(([.digitalSignature, .keyEncipherment] as KeyUsage).der == [3, 2, 5, 0xa0])
        #expect(([.keyAgreement, .decipherOnly] as KeyUsage).der == [3, 3, 7, 0x08, 0x80])
        #expect(KeyUsage(bits: [0x08, 0x80]) == [.keyAgreement, .decipherOnly])
        #expect(KeyUsage(bits: []) == [])
    }

    @Test func anErrorIsEqualByItsCode() {
        #expect(PKIError(.malformed, "a") == PKIError(.malformed, "b"))
        #expect(PKIError(.malformed, "a") != PKIError(.expired, "a"))
    }
}
