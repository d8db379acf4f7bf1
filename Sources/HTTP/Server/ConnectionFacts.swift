/// What every request of a connection has in common.
struct ConnectionFacts: Sendable {
    let remoteAddress: String
    let localPort: UInt16
    let isSecure: Bool
}
