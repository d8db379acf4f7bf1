import COpenSSL

/// A PIN as it is stored: scrypt (RFC 7914) with a salt of its own.
///
/// Making and matching take some 100 ms and 32 MiB by intent: run them off event loops, few at a time.
public struct PINHash: Sendable, Hashable {
    private static let saltLength = 16
    private static let hashLength = 32

    private let logN: Int
    private let r: Int
    private let p: Int
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// - Throws: `library`; `invalidInput` for an empty PIN.
    public static func make(_ pin: String) throws(PKIError) -> PINHash {
        try make(pin, random: SystemRandom())
    }

    public static func make(_ pin: String, random: some RandomSource) throws(PKIError) -> PINHash {
        guard !pin.isEmpty else { throw PKIError(.invalidInput, "empty PIN") }
        let salt = try random.bytes(saltLength)
        guard let hash = derive(pin, salt: salt, logN: 15, r: 8, p: 1) else { throw .drained(.library, "scrypt") }
        return PINHash(logN: 15, r: 8, p: 1, salt: salt, hash: hash)
    }

    private init(logN: Int, r: Int, p: Int, salt: [UInt8], hash: [UInt8]) {
        self.logN = logN
        self.r = r
        self.p = p
        self.salt = salt
        self.hash = hash
    }

    /// Reads ``encoded``. The cost is bounded, so that a tampered value cannot stop the machine.
    ///
    /// - Throws: `malformed`.
    public init(encoded: String) throws(PKIError) {
        let parts = encoded.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let logN = Int(parts[1]), (10...16).contains(logN),
            let r = Int(parts[2]), (1...8).contains(r), let p = Int(parts[3]), (1...4).contains(p),
            let salt = Base64.decode(String(parts[4])), (8...64).contains(salt.count),
            let hash = Base64.decode(String(parts[5])), hash.count == Self.hashLength
        else { throw PKIError(.malformed, "stored PIN") }
        self.init(logN: logN, r: r, p: p, salt: salt, hash: hash)
    }

    /// `scrypt$log2 N$r$p$salt$hash`, salt and hash in base64.
    public var encoded: String { "scrypt$\(logN)$\(r)$\(p)$\(Base64.encode(salt))$\(Base64.encode(hash))" }

    /// Whether this is the PIN; takes the same time either way.
    public func matches(_ pin: String) -> Bool {
        guard let derived = Self.derive(pin, salt: salt, logN: logN, r: r, p: p) else {
            ERR_clear_error()
            return false
        }
        return constantTimeEqual(derived, hash)
    }

    private static func derive(_ pin: String, salt: [UInt8], logN: Int, r: Int, p: Int) -> [UInt8]? {
        let secret = Array(pin.utf8)
        var key = [UInt8](repeating: 0, count: hashLength)
        let n = UInt64(1) << UInt64(logN)
        let memory = 128 * n * UInt64(r) + 128 * UInt64(r * p) + (1 << 20)
        let derived = secret.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                EVP_PBE_scrypt(
                    characters.baseAddress, characters.count, salt, salt.count, n, UInt64(r), UInt64(p), memory, &key,
                    key.count)
            }
        }
        return derived == 1 ? key : nil
    }
}

extension PINHash: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(encoded: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(encoded)
    }
}

extension PINHash: Redacted {}
