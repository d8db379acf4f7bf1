/// Finds a host's addresses.
public protocol Resolver: Sendable {
    /// The host's addresses, the one to try first in front.
    ///
    /// - Parameters:
    ///   - host: a name or an IP literal without brackets.
    ///   - port: the port that the addresses get.
    /// - Throws: `.resolve`.
    func addresses(of host: String, port: UInt16) async throws(HTTPError) -> [SocketAddress]
}
