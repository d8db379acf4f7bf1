import PKI
import Testing

@Suite struct EnvelopedDataTests {
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
}
