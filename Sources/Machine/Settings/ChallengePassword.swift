/// The challenge password of automatic requests, kept under the machine key and never shown again (T7).
extension Tables {
    private static var context: String { "challenge password" }

    /// The stored challenge password, or nil if there is none.
    func challengePassword() throws -> Secret? {
        guard let sealed = try settings.value(.challengePassword) else { return nil }
        return Secret(String(decoding: try sealer.open(sealed, context: Self.context), as: UTF8.self))
    }

    /// Stores another one; an empty one removes what was stored.
    func setChallengePassword(_ password: Secret) throws {
        if password.isEmpty { return try settings.remove(.challengePassword) }
        try settings.set(
            .challengePassword, try sealer.seal([UInt8](password.text.utf8), context: Self.context))
    }
}
