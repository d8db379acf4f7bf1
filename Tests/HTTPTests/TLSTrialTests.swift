import FoundationEssentials
import PKI
import Testing

@testable import HTTP

@Suite("TLS trial") struct TLSTrialTests {
    /// A server's certificate below an issuing CA below a root, each of them as strong as a test wants it.
    private struct Chain {
        let key: PrivateKey
        let certificates: [Certificate]

        init(
            root rootAlgorithm: KeyAlgorithm = .p256, issuer issuerAlgorithm: KeyAlgorithm = .p256,
            issuerDigest: DigestAlgorithm = .sha256, server serverAlgorithm: KeyAlgorithm = .p256,
            serverDigest: DigestAlgorithm = .sha256
        ) throws {
            let rootKey = try PrivateKey.generate(rootAlgorithm)
            let issuerKey = try PrivateKey.generate(issuerAlgorithm)
            key = try PrivateKey.generate(serverAlgorithm)
            let now = Date()
            func template(_ name: String, _ key: PrivateKey, isCA: Bool) throws -> CertificateTemplate {
                CertificateTemplate(
                    subject: try Name(commonName: name), publicKey: key.publicKey, serialNumber: [1],
                    notBefore: now - 3_600, notAfter: now + 3_600, isCA: isCA,
                    keyUsage: isCA ? [.keyCertSign] : [.digitalSignature])
            }
            let root = try template("Root", rootKey, isCA: true).selfSigned(with: rootKey, digest: .sha256)
            let issuer = try template("Issuing CA", issuerKey, isCA: true)
                .issued(by: root, key: rootKey, digest: issuerDigest)
            let server = try template("printer.test", key, isCA: false)
                .issued(by: issuer, key: issuerKey, digest: serverDigest)
            certificates = [server, issuer, root]
        }

        /// How many certificates the server shows once a handshake has been tried.
        func shown() throws -> Int { try TLSIdentity.proven(chain: certificates, key: key).chain.count }
    }

    @Test(
        "A chain that browsers get a handshake with is shown whole",
        arguments: [KeyAlgorithm.p256, .p384, .rsa(bits: 2048)]
    )
    func strong(algorithm: KeyAlgorithm) throws {
        let chain = try Chain(root: algorithm, issuer: algorithm, server: algorithm)
        let identity = try TLSIdentity.proven(chain: chain.certificates, key: chain.key)
        #expect(identity.chain == chain.certificates)
        #expect(identity.context.versions.count == 2, "TLS 1.2 and 1.3 are both tried")
    }

    @Test("An issuer that OpenSSL refuses in each handshake is found in the trial, and left out with those above it")
    func weakIssuers() throws {
        let sha1 = try Chain(issuerDigest: .sha1)
        let identity = try TLSIdentity(chain: sha1.certificates, key: sha1.key)
        #expect(throws: HTTPError(.tls, "")) { try TLSTrial().run(with: identity.context) }
        #expect(try sha1.shown() == 1)
        #expect(try Chain(issuer: .rsa(bits: 1024)).shown() == 1)
        #expect(try Chain(root: .rsa(bits: 1024)).shown() == 2)
    }

    @Test("A server's own certificate that OpenSSL refuses does not serve, and leaves nothing in the error queue")
    func weakServer() throws {
        #expect(throws: HTTPError(.tls, "")) { try Chain(serverDigest: .sha1).shown() }
        #expect(throws: HTTPError(.tls, "")) { try Chain(server: .rsa(bits: 1024)).shown() }
        _ = try Chain(issuerDigest: .sha1).shown()
        let next = #expect(throws: PKIError.self) { try Certificate(der: [0x30, 0x00]) }
        #expect(next?.reason.contains("weak") == false)
    }
}
