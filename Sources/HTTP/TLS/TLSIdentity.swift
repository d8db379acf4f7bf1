import COpenSSL
import PKI

/// What a TLS server proves itself with: a certificate, those above it, and the key. TLS 1.2 and 1.3 only.
public struct TLSIdentity: Sendable {
    let context: TLSContext
    /// What the clients are shown: the server's certificate first, then its issuers.
    public let chain: [Certificate]

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
        self.chain = chain
        self.context = try TLSContext(serverChain: chain.map(\.der), pkcs8: pkcs8)
    }

    /// An identity that browsers can speak to: a handshake has been tried with it, in memory. Shows as many of the
    /// issuers as OpenSSL lets pass, which may be none.
    ///
    /// - Parameters:
    ///   - chain: the server's certificate first, then its issuers, the nearest first.
    ///   - key: the key of the first certificate.
    /// - Throws: `.tls` when even the certificate alone does not serve; the reason never holds the key.
    public static func proven(chain: [Certificate], key: PrivateKey) throws(HTTPError) -> TLSIdentity {
        let trial = try TLSTrial()
        var shown = chain
        while true {
            do throws(HTTPError) {
                let identity = try TLSIdentity(chain: shown, key: key)
                try trial.run(with: identity.context)
                return identity
            } catch {
                guard shown.count > 1 else { throw error }
                shown.removeLast()
            }
        }
    }
}
