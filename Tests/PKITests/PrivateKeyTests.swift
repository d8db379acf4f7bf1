import PKI
import Testing

@Suite struct PrivateKeyTests {
    @Test(arguments: [KeyAlgorithm.rsa(bits: 1024), .rsa(bits: 3072), .p256, .p384])
    func aKeyIsMadeStoredAndReadAgain(_ algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        #expect(key.publicKey.algorithm == algorithm)
        let read = try PrivateKey(pkcs8: key.pkcs8())
        #expect(read.publicKey == key.publicKey)
        #expect(try PublicKey(spki: key.publicKey.spki) == key.publicKey)
        #expect(try PrivateKey.generate(algorithm).publicKey != key.publicKey)
    }

    @Test("CVE-2022-26320: an RSA key whose primes are neighbours is refused")
    func closePrimes() throws {
        #expect(code { _ = try PrivateKey(pkcs8: Samples.recorded("made/close-primes.der")) } == .weakKey)
    }

    @Test(arguments: [0, -1, 512, 1023, 8193, 1 << 40])
    func rsaSizesOutOfRangeAreRefused(_ bits: Int) {
        #expect(code { _ = try PrivateKey.generate(.rsa(bits: bits)) } == .unsupportedAlgorithm)
    }

    @Test func pemIsReadAndOtherThingsAreRefused() throws {
        #expect(try PrivateKey(pem: Samples.text("made/key.pem")).publicKey.bits == 2048)
        #expect(code { _ = try PrivateKey(pem: "no key") } == .malformed)
        #expect(code { _ = try PrivateKey(pem: Samples.text("made/certificate.pem")) } == .malformed)
        #expect(code { _ = try PrivateKey(pkcs8: [1, 2, 3]) } == .malformed)
        #expect(code { _ = try PrivateKey(pkcs8: []) } == .malformed)
    }

    @Test func aKeyOfAnotherKindIsRefused() {
        // Ed25519, the example of RFC 8410 §10.3.
        let ed25519: [UInt8] =
            [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]
            + [UInt8](repeating: 7, count: 32)
        #expect(code { _ = try PrivateKey(pkcs8: ed25519) } == .unsupportedAlgorithm)
    }
}
