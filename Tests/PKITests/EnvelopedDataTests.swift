import Testing

@testable import PKI

@Suite struct EnvelopedDataTests {
    private static let content = Array("made content".utf8)

    private func made(_ name: String) throws -> (EnvelopedData, Certificate, PrivateKey) {
        (
            try EnvelopedData(ber: Samples.recorded("made/\(name).der")),
            try Certificate(pem: Samples.text("made/certificate.pem")),
            try PrivateKey(pem: Samples.text("made/key.pem"))
        )
    }

    @Test(arguments: [ContentCipher.aes128CBC, .aes192CBC, .aes256CBC, .des3CBC])
    func contentEncryptedWithEachCipherIsDecrypted(_ cipher: ContentCipher) throws {
        let certificate = try Samples.certificate()
        let message = try EnvelopedData.encrypt([1, 2, 3], to: certificate, cipher: cipher)
        let read = try EnvelopedData(ber: message)
        #expect(read.contentCipher == cipher)
        #expect(read.isRecipient(certificate))
        #expect(
            try read.decrypt(certificate: certificate, key: Samples.key.get(), allowSingleDES: false) == [1, 2, 3])
    }

    @Test(
        "R7, R9, R20: OAEP, indefinite lengths, constructed content, a key identifier and a second recipient are read",
        arguments: ["oaep", "oaep-sha256", "indefinite", "constructed", "key-identifier", "two-recipients"])
    func otherSoftwaresForms(_ name: String) throws {
        let (message, certificate, key) = try made(name)
        #expect(message.contentCipher == .aes128CBC)
        #expect(try message.decrypt(certificate: certificate, key: key, allowSingleDES: false) == Self.content)
    }

    @Test("R8: single DES is refused by its own name, and read only with the switch")
    func singleDES() throws {
        let (message, certificate, key) = try made("single-des")
        #expect(message.contentCipher == .desCBC)
        let refused = { () throws -> Void in
            _ = try message.decrypt(certificate: certificate, key: key, allowSingleDES: false)
        }
        #expect(code(of: refused) == .singleDESRefused)
        #expect(try message.decrypt(certificate: certificate, key: key, allowSingleDES: true) == Self.content)
        #expect(code(of: refused) == .singleDESRefused, "the switch must not outlive the call")
        #expect(
            code {
                _ = try message.decrypt(
                    certificate: Samples.certificate(), key: Samples.key.get(), allowSingleDES: true)
            } == .notRecipient)
    }

    @Test func otherCiphersAreRefusedEvenWithTheSwitch() throws {
        let (message, certificate, key) = try made("rc2")
        #expect(message.contentCipher == nil)
        #expect(
            code { _ = try message.decrypt(certificate: certificate, key: key, allowSingleDES: true) }
                == .unsupportedAlgorithm)
    }

    @Test func nothingIsEncryptedWithSingleDESOrToAKeyThatIsNotRSA() throws {
        #expect(
            code { _ = try EnvelopedData.encrypt([1], to: Samples.certificate(), cipher: .desCBC) }
                == .unsupportedAlgorithm)
        let key = try PrivateKey.generate(.p256)
        let certificate = try Samples.template("EC", key).selfSigned(with: key, digest: .sha256)
        #expect(
            code { _ = try EnvelopedData.encrypt([1], to: certificate, cipher: .aes128CBC) } == .unsuitableRecipient)
    }

    @Test func aCAWithoutKeyEnciphermentCanBeTheRecipient() throws {
        let authority = try Samples.authority()
        let message = try EnvelopedData.encrypt([1], to: authority, cipher: .aes128CBC)
        #expect(
            try EnvelopedData(ber: message).decrypt(
                certificate: authority, key: Samples.otherKey.get(), allowSingleDES: false) == [1])
    }

    @Test("R20: a message for somebody else is refused before any decryption")
    func anotherRecipient() throws {
        let message = try EnvelopedData.encrypt([1], to: Samples.authority(), cipher: .aes128CBC)
        let read = try EnvelopedData(ber: message)
        #expect(!read.isRecipient(try Samples.certificate()))
        #expect(
            code {
                _ = try read.decrypt(
                    certificate: Samples.certificate(), key: Samples.key.get(), allowSingleDES: false)
            } == .notRecipient)
        #expect(
            code {
                _ = try read.decrypt(
                    certificate: Samples.authority(), key: Samples.key.get(), allowSingleDES: false)
            } == .keyMismatch)
    }

    @Test func aBrokenKeyAndBrokenContentAreOneError() throws {
        let certificate = try Samples.certificate()
        let message = try EnvelopedData.encrypt(
            [UInt8](repeating: 0x5a, count: 64), to: certificate, cipher: .aes128CBC)
        var errors: Set<PKIError.Code> = []
        var reasons: Set<String> = []
        // The last block carries the padding of the content; 120 bytes before the end stands the encrypted key.
        for place in [message.count - 20, message.count - 200, message.count - 250] {
            for bit in 0..<4 {
                var broken = message
                broken[place] ^= 1 << bit
                do {
                    let plain = try EnvelopedData(ber: broken).decrypt(
                        certificate: certificate, key: Samples.key.get(), allowSingleDES: false)
                    // One random key in 256 leaves a padding that looks right; never the content.
                    #expect(plain != [UInt8](repeating: 0x5a, count: 64))
                } catch {
                    errors.insert(error.code)
                    reasons.insert(error.reason)
                }
            }
        }
        #expect(errors == [.decryptionFailed])
        #expect(reasons.count == 1)
    }

    @Test func whatIsSentIsVersion0WithOneRecipientByIssuerAndSerialNumber() throws {
        let certificate = try Samples.certificate()
        let message = try EnvelopedData.encrypt([1], to: certificate, cipher: .aes128CBC)
        var outer = DERCursor(message)
        var info = try outer.enter(0x30)
        #expect(try Array(info.next().whole) == DER.objectIdentifier("1.2.840.113549.1.7.3"))
        var explicit = try info.enter(0xa0)
        var enveloped = try explicit.enter(0x30)
        #expect(try Array(enveloped.next().whole) == [2, 1, 0])
        var recipients = try enveloped.enter(0x31)
        var recipient = try recipients.enter(0x30)
        #expect(recipients.isAtEnd)
        #expect(try Array(recipient.next().whole) == [2, 1, 0])
        #expect(
            try Array(recipient.next().whole) == DER.sequence(certificate.issuer.der, DER.integer([1])))
        #expect(
            try Array(recipient.next().whole)
                == DER.sequence(DER.objectIdentifier("1.2.840.113549.1.1.1"), DER.null))
        _ = try recipient.enter(0x04)
        var content = try enveloped.enter(0x30)
        #expect(enveloped.isAtEnd)
        #expect(try Array(content.next().whole) == DER.objectIdentifier("1.2.840.113549.1.7.1"))
        var algorithm = try content.enter(0x30)
        #expect(try Array(algorithm.next().whole) == DER.objectIdentifier("2.16.840.1.101.3.4.1.2"))
        #expect(try algorithm.next().content.count == 16)
        #expect(try content.next().tag == 0x80)
        #expect(content.isAtEnd)
    }

    @Test func emptyAndLargeContentComeBackAndTooLargeIsRefused() throws {
        let certificate = try Samples.certificate()
        for count in [0, 1, 16, 100_000] {
            let content = [UInt8](repeating: 7, count: count)
            let message = try EnvelopedData.encrypt(content, to: certificate, cipher: .des3CBC)
            #expect(
                try EnvelopedData(ber: message).decrypt(
                    certificate: certificate, key: Samples.key.get(), allowSingleDES: false) == content)
        }
        let content = [UInt8](repeating: 7, count: PKIError.inputLimit + 1)
        #expect(code { _ = try EnvelopedData.encrypt(content, to: certificate, cipher: .aes128CBC) } == .tooLarge)
    }
}
