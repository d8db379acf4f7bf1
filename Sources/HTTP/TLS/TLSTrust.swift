import PKI

/// Whom a TLS client believes: servers with a certificate under one of these anchors, made out to the host asked for.
public struct TLSTrust: Sendable {
    let context: TLSContext

    /// Trust in these anchors and no other; the system's list is not read.
    ///
    /// - Throws: `.tls`.
    public init(anchors: [Certificate]) throws(HTTPError) {
        self.context = try TLSContext(anchors: anchors.map(\.der))
    }
}
