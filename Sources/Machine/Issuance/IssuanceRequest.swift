import PKI

/// A manual [Certificate Issuance Request], checked (I1). Nothing of it is stored as typed (I5).
public struct IssuanceRequest: Equatable, Sendable {
    public let keyName: String
    public let signatureAlgorithm: DigestAlgorithm
    /// RSA modulus in bits.
    public let keyLength: Int
    /// Empty if there is none.
    public let organization: String
    /// An IP address or a fully qualified domain name; goes into subjectAltName too.
    public let commonName: String
    /// Empty if there is none.
    public let challengePassword: Secret
    public let use: KeyUse

    /// The choices of [Signature Algorithm], the default first.
    public static func signatureAlgorithms(legacyMode: Bool) -> [DigestAlgorithm] {
        [.sha256, .sha384, .sha512] + (legacyMode ? [.sha1] : [])
    }

    /// The choices of [Key Length (bit)], the default first.
    public static func keyLengths(legacyMode: Bool) -> [Int] { [2048, 3072, 4096] + (legacyMode ? [1024] : []) }

    public enum Field: String, Hashable, Sendable, CaseIterable {
        case keyName, signatureAlgorithm, keyLength, organization, commonName, challengePassword, keyUseLocation,
            ipsecPolicy
    }
}
