import COpenSSL

/// What went wrong in this module: a code to act on and a reason to log.
///
/// Two errors are equal when their codes are: the reason holds the words of the OpenSSL error queue, which differ
/// between versions. A reason never holds a secret or the bytes that were worked on.
public struct PKIError: Error, Sendable {
    public enum Code: String, Sendable, CaseIterable {
        /// The bytes are not what they should be: not ASN.1, cut short, with trailing bytes, with a field twice.
        case malformed
        /// More than ``inputLimit`` bytes.
        case tooLarge
        /// A value of the caller's that the structure cannot hold, such as an empty common name.
        case invalidInput
        /// An algorithm, key type or curve that this module does not do.
        case unsupportedAlgorithm
        /// A key that can be broken: too short, or primes too close to one another (CVE-2022-26320).
        case weakKey
        /// The private key and the certificate do not belong together.
        case keyMismatch
        /// The signature does not fit the content, the attributes or the key.
        case badSignature
        /// Not exactly one SignerInfo.
        case signerCount
        /// An attribute that must stand once stands twice, or has not exactly one value.
        case duplicateAttribute
        /// The recipient's certificate has no RSA key.
        case unsuitableRecipient
        /// The message is encrypted for somebody else.
        case notRecipient
        /// Decryption failed; deliberately the same for a wrong key, wrong padding and broken content.
        case decryptionFailed
        /// The content is encrypted with single DES, which RFC 8894 §2.9 forbids, and the switch is off.
        case singleDESRefused
        case expired
        case notYetValid
        /// No path to a trust anchor.
        case unknownIssuer
        /// A path to a trust anchor exists, but a rule of RFC 5280 §6 is broken on it.
        case untrusted
        /// OpenSSL failed without it being the input's fault: no memory, no random numbers, a provider missing.
        case library
    }

    /// The most bytes that any decoder here accepts (1 MiB).
    public static let inputLimit = 1 << 20

    public let code: Code
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// An error whose reason also tells what OpenSSL said; empties the thread's error queue.
    static func drained(_ code: Code, _ reason: String) -> PKIError {
        var words: [String] = []
        while true {
            let number = ERR_get_error()
            if number == 0 { break }
            var text = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(number, &text, text.count)
            if words.count < 4 {
                words.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
            }
        }
        return PKIError(code, words.isEmpty ? reason : reason + " (" + words.joined(separator: "; ") + ")")
    }
}

extension PKIError: Equatable {
    public static func == (a: PKIError, b: PKIError) -> Bool { a.code == b.code }
}

extension PKIError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
