import COpenSSL

/// The ciphers of encrypted content (RFC 8894 §2.9, §3.1).
public enum ContentCipher: String, Sendable, Codable, CaseIterable {
    case aes128CBC, aes192CBC, aes256CBC, des3CBC
    /// Forbidden by RFC 8894 §2.9 and still what old servers answer with: only ever read, and only behind a switch.
    case desCBC

    var oid: String {
        switch self {
        case .aes128CBC: "2.16.840.1.101.3.4.1.2"
        case .aes192CBC: "2.16.840.1.101.3.4.1.22"
        case .aes256CBC: "2.16.840.1.101.3.4.1.42"
        case .des3CBC: "1.2.840.113549.3.7"
        case .desCBC: "1.3.14.3.2.7"
        }
    }

    /// Nil for single DES: there is no encrypting with it.
    var encrypting: OpaquePointer? {
        switch self {
        case .aes128CBC: EVP_aes_128_cbc()
        case .aes192CBC: EVP_aes_192_cbc()
        case .aes256CBC: EVP_aes_256_cbc()
        case .des3CBC: EVP_des_ede3_cbc()
        case .desCBC: nil
        }
    }
}

extension ContentCipher: CustomStringConvertible {
    /// The name by which an administrator knows it.
    public var description: String {
        switch self {
        case .aes128CBC: "AES-128-CBC"
        case .aes192CBC: "AES-192-CBC"
        case .aes256CBC: "AES-256-CBC"
        case .des3CBC: "3DES-CBC"
        case .desCBC: "DES-CBC"
        }
    }
}
