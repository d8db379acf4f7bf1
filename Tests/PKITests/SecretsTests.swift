import Foundation
import PKI
import Testing

/// Sealing, PINs, random numbers and comparing.
@Suite struct SecretsTests {
    private let key = [UInt8](0..<32)

    @Test(arguments: [0, 1, 15, 16, 17, 5000])
    func whatIsSealedOpensWithTheSameKeyAndContext(_ count: Int) throws {
        let sealer = try Sealer(key: key)
        let plain = [UInt8](repeating: 9, count: count)
        let sealed = try sealer.seal(plain, context: "key 1")
        #expect(sealed.count == count + 29)
        #expect(try sealer.open(sealed, context: "key 1") == plain)
        #expect(try sealer.seal(plain, context: "key 1") != sealed, "each sealing has its own nonce")
    }

    @Test func anotherKeyAnotherContextOrAnyChangedBitDoesNotOpen() throws {
        let sealer = try Sealer(key: key)
        let sealed = try sealer.seal([1, 2, 3], context: "a")
        #expect(code { _ = try sealer.open(sealed, context: "b") } == .decryptionFailed)
        #expect(code { _ = try sealer.open(sealed, context: "") } == .decryptionFailed)
        #expect(code { _ = try Sealer(key: key.reversed()).open(sealed, context: "a") } == .decryptionFailed)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x10
            #expect(
                code { _ = try sealer.open(changed, context: "a") } == (index == 0 ? .malformed : .decryptionFailed))
        }
        for count in 0..<29 {
            #expect(code { _ = try sealer.open(Array(sealed.prefix(count)), context: "a") } == .malformed)
        }
    }

    @Test func nothingThatPrintsAValueWithASecretPrintsTheSecret() throws {
        let key = try PrivateKey.generate(.p256)
        let request = try CertificateRequest(
            subject: Name(commonName: "a"), key: key, digest: .sha256, challengePassword: "secret123")
        let hash = try PINHash.make("12345678")
        let values: [(Any, String)] = [
            (key, "PrivateKey"), (request, "CertificateRequest"), (hash, "PINHash"),
            (try Sealer(key: self.key), "Sealer"),
        ]
        for (value, name) in values {
            var dumped = ""
            dump(value, to: &dumped)
            #expect("\(value)" == name)
            #expect(String(reflecting: value) == name)
            #expect(!dumped.contains("secret123"))
            #expect(dumped.split(separator: "\n").count == 1)
        }
    }

    @Test func aSealingKeyHas32Bytes() {
        for count in [0, 16, 31, 33] {
            #expect(code { _ = try Sealer(key: [UInt8](repeating: 1, count: count)) } == .invalidInput)
        }
    }

    @Test("L3: a PIN matches itself only, with a salt of its own, and survives being stored")
    func pins() throws {
        let hash = try PINHash.make("12345678")
        #expect(hash.matches("12345678"))
        #expect(!hash.matches("12345679"))
        #expect(!hash.matches(""))
        #expect(hash.encoded.hasPrefix("scrypt$15$8$1$"))
        #expect(try PINHash.make("12345678").encoded != hash.encoded)
        #expect(try PINHash(encoded: hash.encoded) == hash)
        let stored = try JSONEncoder().encode([hash])
        #expect(try JSONDecoder().decode([PINHash].self, from: stored) == [hash])
        #expect(code { _ = try PINHash.make("") } == .invalidInput)
    }

    @Test("RFC 7914 §12: the stored form is scrypt")
    func scryptVector() throws {
        // The third vector, of which the first 32 bytes are asked for.
        let salt = Base64.encode(Array("SodiumChloride".utf8))
        let hash = try PINHash(encoded: "scrypt$14$8$1$\(salt)$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI=")
        #expect(try PINHash(encoded: hash.encoded) == hash)
        #expect(hash.matches("pleaseletmein"))
    }

    @Test(arguments: [
        "", "scrypt", "scrypt$15$8$1$$", "scrypt$30$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAA", "md5$15$8$1$AAAA$AAAA",
        "scrypt$15$8$1000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ])
    func aTamperedStoredPINIsRefused(_ text: String) {
        #expect(code { _ = try PINHash(encoded: text) } == .malformed)
    }

    @Test func comparingLooksAtEveryByteAndTheLength() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2], [1, 2]))
        #expect(!constantTimeEqual([1, 2], [1, 3]))
        #expect(!constantTimeEqual([1], [1, 2]))
    }

    @Test func randomBytesDifferAndSerialNumbersArePositiveAndNotTooLong() throws {
        let random = SystemRandom()
        #expect(try random.bytes(32) != random.bytes(32))
        #expect(try random.bytes(0) == [])
        #expect(code { _ = try random.bytes(-1) } == .invalidInput)
        for bits in [0x00, 0xff] as [UInt8] {
            let serial = try SerialNumber.random(using: FixedBytes(byte: bits))
            #expect(serial.count == 20)
            #expect(serial[0] & 0x80 == 0)
            #expect(serial[0] != 0)
        }
    }
}

private struct FixedBytes: RandomSource {
    let byte: UInt8
    func bytes(_ count: Int) throws(PKIError) -> [UInt8] { [UInt8](repeating: byte, count: count) }
}
