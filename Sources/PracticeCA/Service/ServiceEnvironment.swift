import FoundationEssentials
import PKI

/// What the practice CA takes from the world; tests pass their own.
public struct ServiceEnvironment: Sendable {
    public var random: any RandomSource = SystemRandom()
    /// The present time.
    public var now: @Sendable () -> Date = { Date() }
    /// Makes an RSA key for the CA; takes a noticeable part of a second.
    public var makeKey: @Sendable () throws(PKIError) -> PrivateKey = { () throws(PKIError) in
        try .generate(.rsa(bits: 2048))
    }
    /// Told each new one-time challenge.
    public var announceChallenge: @Sendable (String) -> Void = { _ in }

    public init() {}
}
