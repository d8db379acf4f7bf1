import COpenSSL
import PKI

/// What a TLS server proves itself with: a certificate, those above it, and the key. TLS 1.2 and 1.3 only.
public struct TLSIdentity: Sendable {
    let context: TLSContext

    /// An identity, checked: the key must belong to the first certificate.
    ///
    /// - Parameters:
    ///   - chain: the server's certificate first, then its issuers; the root may be left out.
    ///   - key: the key of the first certificate.
    /// - Throws: `.tls`; the reason never holds the key.
    public init(chain: [Certificate], key: PrivateKey) throws(HTTPError) {
        var pkcs8: [UInt8]
        do {
            pkcs8 = try key.pkcs8()
        } catch {
            throw HTTPError(.tls, "The server's key cannot be used.")
        }
        // The array is nobody else's by then, so that these are the bytes themselves and not a copy.
        defer { OPENSSL_cleanse(&pkcs8, pkcs8.count) }
        self.context = try TLSContext(serverChain: chain.map(\.der), pkcs8: pkcs8)
    }
}
