import COpenSSL

/// Encrypts what is stored on disk under one key (AES-256-GCM).
///
/// Sealed form: one version byte, 12 bytes nonce, ciphertext, 16 bytes tag. A random nonce of 96 bits allows 2^32
/// sealings under one key (NIST SP 800-38D §8.3), far beyond what a machine makes.
public struct Sealer: Sendable {
    private static let version: UInt8 = 1
    private static let nonceLength = 12
    private static let tagLength = 16
    private let key: [UInt8]
    private let random: any RandomSource

    /// - Parameter key: 32 bytes.
    /// - Throws: `invalidInput` for another length.
    public init(key: [UInt8], random: any RandomSource = SystemRandom()) throws(PKIError) {
        guard key.count == 32 else { throw PKIError(.invalidInput, "a sealing key has 32 bytes") }
        self.key = key
        self.random = random
    }

    /// - Parameter context: what the bytes are; the same must be given to open them, so that one sealed value cannot be
    ///   put in the place of another.
    /// - Throws: `library`, `tooLarge`.
    public func seal(_ plain: [UInt8], context: String) throws(PKIError) -> [UInt8] {
        guard plain.count <= PKIError.inputLimit else { throw PKIError(.tooLarge, "bytes to seal") }
        let nonce = try random.bytes(Self.nonceLength)
        let cipher = try Self.cipherContext()
        defer { EVP_CIPHER_CTX_free(cipher) }
        let aad = Array(context.utf8)
        var output = [UInt8](repeating: 0, count: plain.count)
        var tag = [UInt8](repeating: 0, count: Self.tagLength)
        var length: Int32 = 0
        guard EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_EncryptUpdate(cipher, nil, &length, aad, Int32(aad.count)) == 1,
            plain.isEmpty || EVP_EncryptUpdate(cipher, &output, &length, plain, Int32(plain.count)) == 1,
            EVP_EncryptFinal_ex(cipher, nil, &length) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        else { throw .drained(.library, "sealing") }
        return [Self.version] + nonce + output + tag
    }

    /// - Throws: `malformed` for bytes that were never sealed, `decryptionFailed` for another key or context or a
    ///   changed bit.
    public func open(_ sealed: [UInt8], context: String) throws(PKIError) -> [UInt8] {
        let frame = 1 + Self.nonceLength + Self.tagLength
        guard sealed.count >= frame, sealed.count <= PKIError.inputLimit + frame, sealed[0] == Self.version else {
            throw PKIError(.malformed, "not a sealed value")
        }
        let nonce = Array(sealed[1..<(1 + Self.nonceLength)])
        let body = Array(sealed[(1 + Self.nonceLength)..<(sealed.count - Self.tagLength)])
        var tag = Array(sealed.suffix(Self.tagLength))
        let cipher = try Self.cipherContext()
        defer { EVP_CIPHER_CTX_free(cipher) }
        let aad = Array(context.utf8)
        var output = [UInt8](repeating: 0, count: body.count)
        var length: Int32 = 0
        guard EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_DecryptUpdate(cipher, nil, &length, aad, Int32(aad.count)) == 1,
            body.isEmpty || EVP_DecryptUpdate(cipher, &output, &length, body, Int32(body.count)) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1,
            EVP_DecryptFinal_ex(cipher, nil, &length) == 1
        else { throw .drained(.decryptionFailed, "the sealed value cannot be opened") }
        return output
    }

    private static func cipherContext() throws(PKIError) -> OpaquePointer {
        guard let context = EVP_CIPHER_CTX_new() else { throw .drained(.library, "cipher context") }
        return context
    }
}

extension Sealer: Redacted {}
