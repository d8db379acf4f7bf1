import COpenSSL

/// A private key. It has no coding and its description says nothing: its bytes leave only through ``pkcs8()``.
public struct PrivateKey: Sendable {
    let handle: Handle
    public let publicKey: PublicKey

    /// RSA sizes that are made and accepted, in bits.
    public static let rsaSizes = 1024...8192

    /// Makes a new key. Blocking and heavy on the CPU: an RSA key of 4096 bits takes seconds on a small machine.
    ///
    /// - Throws: `unsupportedAlgorithm` for a size outside ``rsaSizes``, `library` when OpenSSL fails, `weakKey` when
    ///   the result has primes too close to one another.
    public static func generate(_ algorithm: KeyAlgorithm) throws(PKIError) -> PrivateKey {
        let type = if case .rsa = algorithm { EVP_PKEY_RSA } else { EVP_PKEY_EC }
        guard let context = EVP_PKEY_CTX_new_id(type, nil) else { throw .drained(.library, "key generation") }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { throw .drained(.library, "key generation") }
        let prepared: Int32
        switch algorithm {
        case .rsa(let bits):
            guard rsaSizes.contains(bits) else { throw PKIError(.unsupportedAlgorithm, "RSA key of \(bits) bits") }
            prepared = EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits))
        case .p256: prepared = EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1)
        case .p384: prepared = EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_secp384r1)
        }
        var made: OpaquePointer?
        guard prepared == 1, EVP_PKEY_keygen(context, &made) == 1, let made else {
            throw .drained(.library, "key generation")
        }
        return try PrivateKey(owning: made)
    }

    /// Reads PKCS#8 PrivateKeyInfo, or the older RSAPrivateKey and ECPrivateKey, DER.
    ///
    /// - Throws: `malformed`, `tooLarge`, `unsupportedAlgorithm` for another kind of key, `weakKey`.
    public init(pkcs8: [UInt8]) throws(PKIError) {
        try self.init(
            owning: ASN1.decode(
                pkcs8, as: "private key", { d2i_AutoPrivateKey(nil, $0, $1) }, free: EVP_PKEY_free))
    }

    /// Reads an unencrypted PEM block `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`.
    public init(pem: String) throws(PKIError) {
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"] {
            if let der = try PEM.decode(pem, label: label) {
                try self.init(pkcs8: der)
                return
            }
        }
        throw PKIError(.malformed, "private key: no PEM block")
    }

    /// PKCS#8 PrivateKeyInfo, DER, not encrypted: seal it before it is stored.
    public func pkcs8() throws(PKIError) -> [UInt8] {
        try handle.with { pkey throws(PKIError) in
            guard let info = EVP_PKEY2PKCS8(pkey) else { throw PKIError.drained(.library, "private key") }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            return try ASN1.encode("private key") { i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
        }
    }

    private init(owning pkey: OpaquePointer) throws(PKIError) {
        handle = Handle(owning: pkey) { EVP_PKEY_free($0) }
        publicKey = try PublicKey(pkey: pkey)
        switch publicKey.algorithm {
        case .rsa(let bits):
            guard bits >= Self.rsaSizes.lowerBound else { throw PKIError(.weakKey, "RSA key of \(bits) bits") }
            guard bits <= Self.rsaSizes.upperBound else {
                throw PKIError(.unsupportedAlgorithm, "RSA key of \(bits) bits")
            }
            try Self.refuseClosePrimes(of: pkey, bits: bits)
        case .p256, .p384: break
        case nil: throw PKIError(.unsupportedAlgorithm, "kind of private key")
        }
    }

    /// Fermat's method factors a modulus whose primes are close to one another at once, and device firmware has shipped
    /// with a generator that made such keys (CVE-2022-26320). FIPS 186-4 B.3.3 asks for |p - q| > 2^(bits/2 - 100).
    private static func refuseClosePrimes(of pkey: OpaquePointer, bits: Int) throws(PKIError) {
        var p: OpaquePointer?
        var q: OpaquePointer?
        defer {
            BN_clear_free(p)
            BN_clear_free(q)
        }
        guard EVP_PKEY_get_bn_param(pkey, remote_ui_rsa_factor1(), &p) == 1,
            EVP_PKEY_get_bn_param(pkey, remote_ui_rsa_factor2(), &q) == 1
        else { throw .drained(.malformed, "RSA private key without its primes") }
        let difference = BN_new()
        defer { BN_clear_free(difference) }
        guard BN_sub(difference, p, q) == 1 else { throw .drained(.library, "RSA primes") }
        guard Int(BN_num_bits(difference)) > bits / 2 - 100 else {
            throw PKIError(.weakKey, "RSA primes are too close to one another")
        }
    }

    /// A signature over the bytes: RSASSA-PKCS1-v1_5, or ECDSA as a DER SEQUENCE.
    func sign(_ bytes: [UInt8], _ digest: DigestAlgorithm) throws(PKIError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .drained(.library, "signature") }
        defer { EVP_MD_CTX_free(context) }
        return try handle.with { pkey throws(PKIError) in
            var length = 0
            guard EVP_DigestSignInit(context, nil, digest.messageDigest, nil, pkey) == 1,
                EVP_DigestSign(context, nil, &length, bytes, bytes.count) == 1
            else { throw PKIError.drained(.library, "signature") }
            var signature = [UInt8](repeating: 0, count: length)
            guard EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1 else {
                throw PKIError.drained(.library, "signature")
            }
            return Array(signature.prefix(length))
        }
    }

    /// SEQUENCE { signed bytes, AlgorithmIdentifier, BIT STRING }: the frame of certificates and requests.
    func signedStructure(_ toBeSigned: [UInt8], _ digest: DigestAlgorithm) throws(PKIError) -> [UInt8] {
        DER.sequence(
            toBeSigned, try digest.signatureIdentifier(isRSA: publicKey.isRSA),
            DER.bitString(try sign(toBeSigned, digest)))
    }
}

extension PrivateKey: Redacted {}
