import PKI

/// A certificate and its private key.
struct Identity: Sendable {
    let certificate: Certificate
    let key: PrivateKey
}
