import PKI

/// The anti-forgery token for forms before there is a session: set-up, login, language (L7).
///
/// A double submit that is bound: the browser holds a random cookie, the form a keyed hash of it. Who can plant a
/// cookie still cannot name its token, for the key never leaves this process.
public struct FormKey: Sendable {
    private let key: [UInt8]
    private let random: any RandomSource

    /// - Throws: `PKIError` when there is no randomness.
    public init(random: any RandomSource) throws(PKIError) {
        key = try random.bytes(64)
        self.random = random
    }

    /// A value for the cookie.
    func newCookie() throws(PKIError) -> String { Hex.encode(try random.bytes(32)) }

    /// The token that belongs to a cookie; nil for a cookie that is not one of ours in form.
    func token(for cookie: String) -> String? {
        guard let bytes = Hex.decode(cookie), bytes.count == 32 else { return nil }
        return Hex.encode(hmac(bytes))
    }

    /// HMAC with SHA-256 (RFC 2104); the key is one block long.
    private func hmac(_ message: [UInt8]) -> [UInt8] {
        let inner = DigestAlgorithm.sha256.hash(key.map { $0 ^ 0x36 } + message)
        return DigestAlgorithm.sha256.hash(key.map { $0 ^ 0x5C } + inner)
    }
}
