import COpenSSL

/// A public key, as the SubjectPublicKeyInfo that certificates and requests carry (RFC 5280 §4.1.2.7).
public struct PublicKey: Sendable, Hashable {
    /// SubjectPublicKeyInfo, DER.
    public let spki: [UInt8]
    /// Nil for a kind of key that this module cannot use.
    public let algorithm: KeyAlgorithm?
    /// Size of the modulus or of the curve's field in bits; 0 when it cannot be known.
    public let bits: Int

    /// Whether the key is an RSA key that can encrypt (not one restricted to PSS signatures).
    public var isRSA: Bool { if case .rsa = algorithm { true } else { false } }

    /// - Throws: `malformed` or `tooLarge`; an unknown kind of key in sound DER is no error.
    public init(spki: [UInt8]) throws(PKIError) {
        let decoded = try ASN1.decode(spki, as: "public key", { d2i_X509_PUBKEY(nil, $0, $1) }, free: X509_PUBKEY_free)
        defer { X509_PUBKEY_free(decoded) }
        try self.init(borrowing: decoded)
    }

    init(borrowing key: OpaquePointer) throws(PKIError) {
        if let pkey = X509_PUBKEY_get0(key) {
            try self.init(pkey: pkey)
        } else {
            ERR_clear_error()
            try self.init(unknown: ASN1.encode("public key") { i2d_X509_PUBKEY(key, $0) })
        }
    }

    private init(unknown spki: [UInt8]) {
        self.spki = spki
        algorithm = nil
        bits = 0
    }

    init(pkey: OpaquePointer) throws(PKIError) {
        spki = try ASN1.encode("public key") { i2d_PUBKEY(pkey, $0) }
        bits = Int(max(0, EVP_PKEY_get_bits(pkey)))
        algorithm =
            switch EVP_PKEY_get_base_id(pkey) {
            case EVP_PKEY_RSA: .rsa(bits: bits)
            case EVP_PKEY_EC: Self.curve(of: pkey)
            default: nil
            }
    }

    private static func curve(of pkey: OpaquePointer) -> KeyAlgorithm? {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(pkey, &name, name.count, &length) == 1 else {
            ERR_clear_error()
            return nil
        }
        switch OBJ_sn2nid(name) {
        case NID_X9_62_prime256v1: return .p256
        case NID_secp384r1: return .p384
        default: return nil
        }
    }
}
