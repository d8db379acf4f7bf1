/// The kinds of key that this module makes: RSA, and the NIST curves P-256 and P-384.
public enum KeyAlgorithm: Hashable, Sendable, Codable {
    /// `bits`: 1024 to 8192 (1024 is for legacy servers only).
    case rsa(bits: Int)
    case p256
    case p384
}
