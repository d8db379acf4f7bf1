/// An address to listen on.
public struct Listener: Sendable {
    /// An IPv4 or IPv6 literal; `0.0.0.0` or `::` for all addresses of one family.
    public var address: String
    /// The port; 0 lets the system choose a free one.
    public var port: UInt16
    /// What the server proves itself with; nil for plain HTTP.
    public var tls: TLSIdentity?

    /// An address to listen on.
    public init(address: String, port: UInt16, tls: TLSIdentity? = nil) {
        self.address = address
        self.port = port
        self.tls = tls
    }
}
