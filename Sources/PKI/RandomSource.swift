import COpenSSL

/// Where unpredictable bytes come from; tests pass their own.
public protocol RandomSource: Sendable {
    /// - Throws: `library` when there is no randomness to be had.
    func bytes(_ count: Int) throws(PKIError) -> [UInt8]
}

/// OpenSSL's generator, seeded by the operating system.
public struct SystemRandom: RandomSource {
    public init() {}

    public func bytes(_ count: Int) throws(PKIError) -> [UInt8] {
        guard (0...PKIError.inputLimit).contains(count) else { throw PKIError(.invalidInput, "number of random bytes") }
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .drained(.library, "random numbers") }
        return bytes
    }
}
