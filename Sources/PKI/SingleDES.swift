import COpenSSL

extension EnvelopedData {
    /// Encrypts as ``encrypt(_:to:cipher:)`` does, but with single DES, which RFC 8894 §2.9 forbids.
    ///
    /// Only for a server to practise on, which shows what old servers answer: no client of ours sends this.
    /// - Throws: `library` when OpenSSL's legacy provider is not installed.
    public static func encryptWithSingleDES(
        _ content: [UInt8], to recipient: Certificate
    ) throws(PKIError) -> [UInt8] {
        guard recipient.publicKey.isRSA else { throw PKIError(.unsuitableRecipient, "the recipient's key is not RSA") }
        return try LegacyLibrary().with { library throws(PKIError) in
            guard let cipher = EVP_CIPHER_fetch(library, "DES-CBC", nil) else {
                throw PKIError.drained(.library, "single DES")
            }
            defer { EVP_CIPHER_free(cipher) }
            let recipients = try ASN1.stack(of: [recipient])
            defer { ASN1.freeCertificates(recipients) }
            let input = try ASN1.bio(content)
            defer { BIO_free_all(input) }
            guard let message = CMS_encrypt_ex(recipients, input, cipher, UInt32(CMS_BINARY), library, nil) else {
                throw PKIError.drained(.library, "encryption")
            }
            defer { CMS_ContentInfo_free(message) }
            return try ASN1.encode("message") { i2d_CMS_ContentInfo(message, $0) }
        }
    }
}
