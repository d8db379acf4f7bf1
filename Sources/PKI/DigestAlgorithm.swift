import COpenSSL

/// The hash functions that may occur in signatures and fingerprints. MD5 is not among them (RFC 8894 §2.9).
public enum DigestAlgorithm: String, Sendable, Codable, CaseIterable {
    case sha1, sha256, sha384, sha512

    /// The hash of the bytes.
    public func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_Digest(bytes, bytes.count, &digest, &length, messageDigest, nil)
        return Array(digest.prefix(Int(length)))
    }

    var messageDigest: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    var oid: String {
        switch self {
        case .sha1: "1.3.14.3.2.26"
        case .sha256: "2.16.840.1.101.3.4.2.1"
        case .sha384: "2.16.840.1.101.3.4.2.2"
        case .sha512: "2.16.840.1.101.3.4.2.3"
        }
    }

    init?(oid: String) {
        guard let found = Self.allCases.first(where: { $0.oid == oid }) else { return nil }
        self = found
    }

    /// AlgorithmIdentifier of the digest alone. With NULL, as the sample in RFC 8894 and every known server have it.
    func identifier() throws(PKIError) -> [UInt8] { DER.sequence(try DER.objectIdentifier(oid), DER.null) }

    /// AlgorithmIdentifier of a signature with this digest by a key of that kind (RFC 4055, RFC 5758).
    func signatureIdentifier(isRSA: Bool) throws(PKIError) -> [UInt8] {
        let oid =
            switch (self, isRSA) {
            case (.sha1, true): "1.2.840.113549.1.1.5"
            case (.sha256, true): "1.2.840.113549.1.1.11"
            case (.sha384, true): "1.2.840.113549.1.1.12"
            case (.sha512, true): "1.2.840.113549.1.1.13"
            case (.sha1, false): "1.2.840.10045.4.1"
            case (.sha256, false): "1.2.840.10045.4.3.2"
            case (.sha384, false): "1.2.840.10045.4.3.3"
            case (.sha512, false): "1.2.840.10045.4.3.4"
            }
        let identifier = try DER.objectIdentifier(oid)
        return isRSA ? DER.sequence(identifier, DER.null) : DER.sequence(identifier)
    }
}

extension DigestAlgorithm: CustomStringConvertible {
    /// The name as FIPS 180-4 writes it.
    public var description: String {
        switch self {
        case .sha1: "SHA-1"
        case .sha256: "SHA-256"
        case .sha384: "SHA-384"
        case .sha512: "SHA-512"
        }
    }
}
