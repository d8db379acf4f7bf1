import COpenSSL

/// A received CMS EnvelopedData (RFC 5652 §6).
public struct EnvelopedData: Sendable {
    private let ber: [UInt8]
    /// Nil for a cipher that this module does not do.
    public let contentCipher: ContentCipher?
    /// Those recipients that are addressed by a certificate (key transport).
    public let recipients: [SignerIdentifier]

    /// Encrypts for one RSA recipient: version 0, RSAES-PKCS1-v1_5 key transport, recipient named by issuer and serial
    /// number, content type id-data, definite-length DER. The recipient's keyUsage is not looked at, because CAs that
    /// lack keyEncipherment are used so (RFC 8894 §3.5.2).
    ///
    /// - Throws: `unsuitableRecipient` for a key that is not RSA, `unsupportedAlgorithm` for single DES, `tooLarge`,
    ///   `library`.
    public static func encrypt(
        _ content: [UInt8], to recipient: Certificate, cipher: ContentCipher
    ) throws(PKIError) -> [UInt8] {
        guard recipient.publicKey.isRSA else { throw PKIError(.unsuitableRecipient, "the recipient's key is not RSA") }
        guard let algorithm = cipher.encrypting else {
            throw PKIError(.unsupportedAlgorithm, "nothing is encrypted with single DES")
        }
        let recipients = try ASN1.stack(of: [recipient])
        defer { ASN1.freeCertificates(recipients) }
        let input = try ASN1.bio(content)
        defer { BIO_free_all(input) }
        guard let message = CMS_encrypt(recipients, input, algorithm, UInt32(CMS_BINARY)) else {
            throw .drained(.library, "encryption")
        }
        defer { CMS_ContentInfo_free(message) }
        return try ASN1.encode("message") { i2d_CMS_ContentInfo(message, $0) }
    }

    /// - Throws: `malformed`, `tooLarge`.
    public init(ber: [UInt8]) throws(PKIError) {
        let message = try CMS.decode(ber, .enveloped)
        defer {
            CMS_ContentInfo_free(message)
            ERR_clear_error()
        }
        self.ber = ber
        recipients = try Self.recipients(of: message)
        contentCipher = try Self.cipher(of: message)
    }

    /// Whether the message is encrypted for this certificate, among others perhaps.
    public func isRecipient(_ certificate: Certificate) -> Bool {
        recipients.contains { $0.names(certificate) }
    }

    /// Decrypts; PKCS#1 v1.5 and OAEP key transport alike.
    ///
    /// A wrong padding and broken content give the same error, and a wrong content key may even give bytes without
    /// meaning: OpenSSL goes on with a random key so that nobody can tell the difference (RFC 3218). Whoever reads the
    /// result must treat "cannot be read" as `decryptionFailed` towards the other side.
    ///
    /// - Parameter allowSingleDES: the explicit switch for servers that break RFC 8894 §2.9.
    /// - Throws: `singleDESRefused`, `unsupportedAlgorithm`, `notRecipient`, `keyMismatch`, `decryptionFailed`;
    ///   `library` when the switch is on but OpenSSL's legacy provider is not installed.
    public func decrypt(
        certificate: Certificate, key: PrivateKey, allowSingleDES: Bool
    ) throws(PKIError) -> [UInt8] {
        guard let contentCipher else { throw PKIError(.unsupportedAlgorithm, "cipher of the content") }
        guard contentCipher != .desCBC || allowSingleDES else {
            throw PKIError(.singleDESRefused, "the content is encrypted with single DES")
        }
        // Without these two checks OpenSSL tries every recipient and hands out garbage.
        guard isRecipient(certificate) else { throw PKIError(.notRecipient, "encrypted for another certificate") }
        guard certificate.matches(key) else { throw PKIError(.keyMismatch, "recipient") }
        if contentCipher == .desCBC {
            let pkcs8 = try key.pkcs8()
            return try LegacyLibrary().with { library throws(PKIError) in
                let pkey = try ASN1.decode(
                    pkcs8, as: "private key", { d2i_AutoPrivateKey_ex(nil, $0, $1, library, nil) }, free: EVP_PKEY_free)
                defer { EVP_PKEY_free(pkey) }
                return try decrypt(certificate, pkey, library: library)
            }
        }
        return try key.handle.with { pkey throws(PKIError) in try decrypt(certificate, pkey, library: nil) }
    }

    private func decrypt(
        _ certificate: Certificate, _ pkey: OpaquePointer, library: OpaquePointer?
    ) throws(PKIError) -> [UInt8] {
        let message = try CMS.decode(ber, .enveloped, library: library)
        defer { CMS_ContentInfo_free(message) }
        guard let output = BIO_new(BIO_s_mem()) else { throw .drained(.library, "memory BIO") }
        defer { BIO_free_all(output) }
        let decrypted = certificate.handle.with { x509 in
            CMS_decrypt(message, pkey, x509, nil, output, UInt32(CMS_BINARY))
        }
        guard decrypted == 1 else {
            // What OpenSSL says tells padding from content: it is dropped, and so is the output.
            ERR_clear_error()
            throw PKIError(.decryptionFailed, "the message cannot be decrypted")
        }
        return ASN1.contents(of: output)
    }

    private static func recipients(of message: OpaquePointer) throws(PKIError) -> [SignerIdentifier] {
        let infos = CMS_get0_RecipientInfos(message)
        var recipients: [SignerIdentifier] = []
        for index in 0..<max(0, OPENSSL_sk_num(infos)) {
            guard let info = OPENSSL_sk_value(infos, index).map({ OpaquePointer($0) }),
                CMS_RecipientInfo_type(info) == CMS_RECIPINFO_TRANS
            else { continue }
            var keyIdentifier: UnsafeMutablePointer<ASN1_OCTET_STRING>?
            var issuer: OpaquePointer?
            var serial: UnsafeMutablePointer<ASN1_INTEGER>?
            guard CMS_RecipientInfo_ktri_get0_signer_id(info, &keyIdentifier, &issuer, &serial) == 1 else {
                throw .drained(.malformed, "message: recipient")
            }
            recipients.append(try SignerIdentifier(borrowing: keyIdentifier, issuer, serial))
        }
        return recipients
    }

    /// OpenSSL 3.0 has no function that tells the cipher before decrypting, so the message is encoded anew, which
    /// makes definite-length DER of whatever BER it was, and walked through.
    private static func cipher(of message: OpaquePointer) throws(PKIError) -> ContentCipher? {
        var outer = DERCursor(try ASN1.encode("message") { i2d_CMS_ContentInfo(message, $0) })
        var info = try outer.enter(0x30)
        _ = try info.enter(0x06)
        var explicit = try info.enter(0xa0)
        var enveloped = try explicit.enter(0x30)
        _ = try enveloped.enter(0x02)
        if enveloped.tag == 0xa0 { _ = try enveloped.next() }
        _ = try enveloped.enter(0x31)
        var content = try enveloped.enter(0x30)
        _ = try content.enter(0x06)
        var algorithm = try content.enter(0x30)
        let oid = Array(try algorithm.next().whole)
        return ContentCipher.allCases.first { (try? DER.objectIdentifier($0.oid)) == oid }
    }
}
