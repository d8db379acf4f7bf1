import PKI

/// The hash of a whole DER certificate, by which an administrator recognises a CA (RFC 8894 §2.2).
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    /// Why a typed fingerprint was refused.
    public enum ParseError: Error, Hashable, Sendable, CaseIterable {
        case empty
        case notHexadecimal
        /// 32 digits are an MD5 hash, which NDES shows by tradition; MD5 proves nothing any more.
        case md5
        /// Neither 40 (SHA-1) nor 64 (SHA-256) digits.
        case wrongLength
    }

    /// SHA-256, or SHA-1 for servers that show nothing else.
    public let algorithm: DigestAlgorithm
    public let bytes: [UInt8]

    /// The SHA-256 fingerprint of a certificate.
    public init(of certificate: Certificate) {
        algorithm = .sha256
        bytes = certificate.fingerprint(.sha256)
    }

    /// Hexadecimal digits in either case; blanks, colons, hyphens and the invisible mark that Windows copies along
    /// are left out. The length tells the algorithm.
    public init(text: String) throws(ParseError) {
        let separators: Set<Unicode.Scalar> = [" ", "\t", "\r", "\n", ":", "-", "\u{200e}", "\u{200f}", "\u{a0}"]
        var digits = String.UnicodeScalarView()
        digits.append(contentsOf: text.unicodeScalars.filter { !separators.contains($0) })
        guard !digits.isEmpty else { throw .empty }
        guard digits.allSatisfy({ $0.isASCII && Character($0).isHexDigit }) else { throw .notHexadecimal }
        switch digits.count {
        case 40: algorithm = .sha1
        case 64: algorithm = .sha256
        case 32: throw .md5
        default: throw .wrongLength
        }
        guard let bytes = Hex.decode(String(digits)) else { throw .notHexadecimal }
        self.bytes = bytes
    }

    /// Upper-case pairs with colons between them.
    public var text: String {
        let digits = Array(Hex.encode(bytes).uppercased())
        return stride(from: 0, to: digits.count, by: 2).map { String(digits[$0..<$0 + 2]) }.joined(separator: ":")
    }

    public var description: String { text }

    /// Whether this is that certificate's fingerprint.
    public func matches(_ certificate: Certificate) -> Bool {
        certificate.fingerprint(algorithm) == bytes
    }
}

extension Fingerprint: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(text: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
