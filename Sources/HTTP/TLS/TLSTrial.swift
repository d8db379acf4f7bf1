import COpenSSL

/// The handshakes that a browser would have with a server, made in memory.
///
/// OpenSSL looks at the issuers that a server shows when a client comes, not when they are loaded: one that was signed
/// with SHA-1, or has a short key, ends every handshake.
struct TLSTrial {
    private let browser: TLSContext

    /// - Throws: `.tls` when memory is exhausted.
    init() throws(HTTPError) {
        browser = try TLSContext(browser: ())
    }

    /// One handshake in each version that the server offers.
    ///
    /// - Throws: `.tls` with OpenSSL's reason for the first that fails.
    func run(with server: TLSContext) throws(HTTPError) {
        let versions = server.versions
        guard !versions.isEmpty else {
            throw HTTPError(.tls, "No version of TLS is offered.")
        }
        for version in versions {
            try handshake(with: server, version: version)
        }
    }

    private func handshake(with context: TLSContext, version: Int32) throws(HTTPError) {
        defer { ERR_clear_error() }
        let server = try TLSSession(server: context)
        let client = try TLSSession(browser: browser, version: version)
        try client.advanceHandshake()
        while !(client.isEstablished && server.isEstablished) {
            let isClientHeard = try Self.pass(from: client, to: server)
            let isServerHeard = try Self.pass(from: server, to: client)
            guard isClientHeard || isServerHeard else {
                throw HTTPError(.tls, "The TLS handshake stands still.")
            }
        }
    }

    /// Whether there was something to pass.
    private static func pass(from sender: TLSSession, to receiver: TLSSession) throws(HTTPError) -> Bool {
        let records = sender.takeOutput()
        guard !records.isEmpty else {
            return false
        }
        let read = records.withUnsafeBytes { bytes in
            Result { () throws(HTTPError) in try receiver.receive(bytes) }
        }
        _ = try read.get()
        return true
    }
}
