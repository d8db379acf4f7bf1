import Foundation
import PKI
import Testing

@testable import SCEP

@Suite struct AuthorityTests {
    let ca: SampleCA
    let signing: Certificate
    let encryption: Certificate
    let capabilities = Capabilities(unknown: .empty)

    init() throws {
        ca = try SampleCA()
        signing = try ca.issue("RA signing", keyName: "ra-signing", usage: .digitalSignature, serial: [3])
        encryption = try ca.issue("RA encryption", keyName: "ra-encryption", usage: .keyEncipherment, serial: [4])
    }

    private func make(
        _ certificates: [Certificate], trust: AuthorityTrust = .unconfirmed, now: Date = Samples.now
    ) throws -> Authority {
        try Authority(certificates: certificates, capabilities: capabilities, trust: trust, now: now)
    }

    @Test("A1: a single CA with keyCertSign and cRLSign only is used for encryption and signature")
    func single() throws {
        let authority = try make([ca.certificate])
        #expect(authority.caCertificate == ca.certificate)
        #expect(authority.encryptionCertificate == ca.certificate)
        #expect(authority.signers == [ca.certificate])
        #expect(authority.issuerName == ca.certificate.subject)
    }

    @Test(
        "A2: the NDES triple in all six orders: one recipient, the RA with keyEncipherment",
        arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func triple(_ order: [Int]) throws {
        let authority = try make(order.map { [signing, encryption, ca.certificate][$0] })
        #expect(authority.caCertificate == ca.certificate)
        #expect(authority.encryptionCertificate == encryption)
        #expect(Set(authority.signers) == [signing, encryption, ca.certificate])
        #expect(Set(authority.raCertificates) == [signing, encryption])
        #expect(authority.issuerName == ca.certificate.subject)
    }

    @Test("A3: of a sub-CA and its root without RA, the sub-CA is the authority, in either order")
    func subordinate() throws {
        let issuing = try ca.below("Issuing CA", keyName: "ra-signing", usage: [.keyCertSign, .keyEncipherment])
        for certificates in [[ca.certificate, issuing.certificate], [issuing.certificate, ca.certificate]] {
            let authority = try make(certificates)
            #expect(authority.caCertificate == issuing.certificate)
            #expect(authority.encryptionCertificate == issuing.certificate)
            #expect(authority.signers == [issuing.certificate])
        }
    }

    @Test("A3: with the root's fingerprint typed, the root is the anchor and the sub-CA still the recipient")
    func rootPinned() throws {
        let issuing = try ca.below("Issuing CA", keyName: "ra-signing")
        let authority = try make(
            [issuing.certificate, ca.certificate], trust: .typed(Fingerprint(of: ca.certificate)))
        #expect(authority.caCertificate == ca.certificate)
        #expect(authority.encryptionCertificate == issuing.certificate)
        #expect(authority.issuerName == issuing.certificate.subject)
        #expect(Set(authority.signers) == [issuing.certificate, ca.certificate])
    }

    struct Usage: Sendable, CustomTestStringConvertible {
        let id: String
        let usages: [KeyUsage]
        /// Number of the expected recipient; nil for the CA.
        let recipient: Int?
        var testDescription: String { id }
    }

    @Test(
        "A4: the recipient by keyUsage",
        arguments: [
            Usage(id: "both usages", usages: [[.digitalSignature, .keyEncipherment]], recipient: 0),
            Usage(id: "no keyUsage", usages: [[]], recipient: 0),
            Usage(id: "dataEncipherment only", usages: [[.dataEncipherment]], recipient: 0),
            Usage(
                id: "keyEncipherment alone before both",
                usages: [[.digitalSignature, .keyEncipherment], [.keyEncipherment]], recipient: 1),
            Usage(
                id: "both before dataEncipherment",
                usages: [[.dataEncipherment], [.digitalSignature, .keyEncipherment]],
                recipient: 1),
            Usage(id: "dataEncipherment before none", usages: [[], [.dataEncipherment]], recipient: 1),
            Usage(id: "signing RA only: the CA decrypts", usages: [[.digitalSignature]], recipient: nil),
        ])
    func usage(_ row: Usage) throws {
        let keys = ["ra-signing", "ra-encryption"]
        let registration = try row.usages.enumerated().map {
            try ca.issue("RA \($0)", keyName: keys[$0], usage: $1, serial: [UInt8(10 + $0)])
        }
        let authority = try make(registration + [ca.certificate])
        #expect(authority.encryptionCertificate == row.recipient.map { registration[$0] } ?? ca.certificate)
    }

    struct Body: Sendable, CustomTestStringConvertible {
        let id: String
        var contentType: String? = "application/x-x509-ca-ra-cert"
        let make: @Sendable (AuthorityTests) throws -> [UInt8]
        var testDescription: String { id }
    }

    @Test(
        "A5, A6, A7: the triple in every form of body",
        arguments: [
            Body(id: "A5: charset parameter", contentType: "application/x-x509-ca-ra-cert; charset=utf-8") {
                try $0.degenerate()
            },
            Body(id: "A5: upper case", contentType: "APPLICATION/X-X509-CA-RA-CERT") { try $0.degenerate() },
            Body(id: "A5: swapped", contentType: "application/x-x509-ca-cert") { try $0.degenerate() },
            Body(id: "A5: missing", contentType: nil) { try $0.degenerate() },
            Body(id: "A6: zero-length eContent") {
                try SignedData.sign([], signers: [], certificates: $0.all)
            },
            Body(id: "A6: BER indefinite") {
                var value = try BERValue($0.degenerate())
                value.isIndefinite = true
                try value.editChild(1) { $0.isIndefinite = true }
                try value.editChild(1, 0) {
                    $0.isIndefinite = true
                    for index in $0.children.indices { $0.children[index].isIndefinite = true }
                }
                return value.encoded
            },
            Body(id: "A6: version 3") {
                var value = try BERValue($0.degenerate())
                try value.editChild(1, 0, 0) { $0 = BERValue(tag: 0x02, content: [3]) }
                return value.encoded
            },
            Body(id: "A6: with a CRL") { try $0.degenerate(crls: [$0.crl()]) },
            Body(id: "A6: with an empty set of CRLs") { try $0.degenerate(crls: []) },
            Body(id: "A6: duplicate certificates") { try SignedData.degenerate($0.all + $0.all) },
            Body(id: "A7: PEM, one block each") { Array($0.all.map(\.pem).joined(separator: "\n").utf8) },
            Body(id: "A7: PEM of PKCS#7") {
                let base64 = Base64.encode(try $0.degenerate())
                return Array("-----BEGIN PKCS7-----\r\n\(base64)\r\n-----END PKCS7-----\r\n".utf8)
            },
            Body(id: "A7: bare base64") { Array(Base64.encode(try $0.degenerate()).utf8) },
            Body(id: "A14: a line feed after the DER") { try $0.degenerate() + [0x0d, 0x0a] },
        ])
    func body(_ row: Body) async throws {
        let server = InMemoryServer(authority: try row.make(self), contentType: row.contentType)
        let authority = try await lookUp(server)
        #expect(authority.caCertificate == ca.certificate)
        #expect(authority.encryptionCertificate == encryption)
        #expect(authority.certificates.count == 3)
    }

    @Test("A14: CAs that certify one another in many ways are sorted in a bounded time", .timeLimit(.minutes(1)))
    func certifyOneAnother() throws {
        let left = try SampleCA("left", key: .generate(.p256))
        let right = try SampleCA("right", key: .generate(.p256))
        var loop: [Certificate] = []
        for number in UInt8(1)...12 {
            for (subject, issuer) in [(left, right), (right, left)] {
                var template = try SampleCA.template("loop", subject.key, serial: [number])
                template.subject = subject.certificate.subject
                template.isCA = true
                template.keyUsage = SampleCA.caUsage
                loop.append(try template.issued(by: issuer.certificate, key: issuer.key, digest: .sha256))
            }
        }
        #expect(code { _ = try make(loop) } == .noEncryptionCertificate)
        #expect(try make(loop + [ca.certificate], trust: .typed(Fingerprint(of: ca.certificate))).signers.count == 1)
    }

    @Test("A14: more certificates than an authority can have are refused, repetitions not counted")
    func tooMany() throws {
        let many = try (1...UInt8(Authority.maximumCertificates)).map {
            try ca.issue("RA \($0)", keyName: "ra-encryption", usage: .keyEncipherment, serial: [$0])
        }
        #expect(code { _ = try make([ca.certificate] + many) } == .malformedReply)
        let most = [ca.certificate] + many.dropLast()
        #expect(try make(most + most).caCertificate == ca.certificate)
    }

    @Test("A5: a single certificate under the media type of a degenerate message")
    func swappedSingle() async throws {
        let authority = try await lookUp(InMemoryServer(authority: ca.certificate.der))
        #expect(authority.caCertificate == ca.certificate)
    }

    struct Broken: Sendable, CustomTestStringConvertible {
        let id: String
        let code: SCEPError.Code
        let make: @Sendable (AuthorityTests) throws -> [UInt8]
        var testDescription: String { id }
    }

    @Test(
        "A body without usable certificates has a clear error",
        arguments: [
            Broken(id: "A14: 0 certificates", code: .noCACertificate) { _ in try SignedData.degenerate([]) },
            Broken(id: "A14: nothing", code: .noCACertificate) { _ in [] },
            Broken(id: "A14: trailing garbage", code: .malformedReply) { $0.ca.certificate.der + [1, 2, 3] },
            Broken(id: "A14: 300 KB", code: .transport(.tooLarge)) { _ in [UInt8](repeating: 0x30, count: 300_000) },
            Broken(id: "A14: cut short", code: .malformedReply) { Array($0.ca.certificate.der.dropLast(9)) },
            Broken(id: "A7: text that is neither", code: .malformedReply) { _ in Array("no certificate here".utf8) },
            Broken(id: "C7: a web page", code: .notSCEPServer) { _ in Array("<html>NDES</html>".utf8) },
        ])
    func broken(_ row: Broken) async throws {
        let server = InMemoryServer(authority: try row.make(self))
        #expect(await codeAwaited { _ = try await lookUp(server) } == row.code)
    }

    @Test("An HTTP status other than 200 is reported with its number and the server's words")
    func status() async throws {
        let server = InMemoryServer { _ throws(SCEPError) in
            TransportReply(status: 503, body: Array("<h1>Service\r\nUnavailable</h1>".utf8))
        }
        do {
            _ = try await lookUp(server)
            Issue.record("no error")
        } catch let error as SCEPError {
            #expect(error.code == .httpStatus(503) && error.httpStatus == 503 && !error.requestMayHaveArrived)
            #expect(error.reason.contains("Service Unavailable"))
        }
    }

    @Test("A8: a fingerprint that no certificate has blocks before anything else is sent")
    func fingerprint() throws {
        let other = Fingerprint(of: try Samples.certificate("ca"))
        #expect(code { _ = try make(all, trust: .typed(other)) } == .authorityNotAccepted)
        #expect(code { _ = try make(all, trust: .accepted(other)) } == .authorityChanged)
        let own = try Fingerprint(text: Hex.encode(ca.certificate.fingerprint(.sha1)))
        #expect(try make(all, trust: .typed(own)).caCertificate == ca.certificate)
        #expect(try make(all, trust: .accepted(Fingerprint(of: ca.certificate))).caCertificate == ca.certificate)
    }

    @Test("A8: the fingerprint of an RA in place of the CA's is refused when the CA is there")
    func fingerprintOfRA() throws {
        let typed = AuthorityTrust.typed(Fingerprint(of: encryption))
        #expect(code { _ = try make(all, trust: typed) } == .authorityNotAccepted)
        #expect(try make([encryption], trust: typed).caCertificate == encryption)
    }

    @Test("A9: an RA that the CA did not issue is refused, pinned or not")
    func strangersRA() throws {
        let stranger = try SampleCA(keyName: "stranger")
        let registration = try stranger.issue("RA", keyName: "ra-encryption", usage: .keyEncipherment)
        #expect(code { _ = try make([ca.certificate, registration]) } == .raUntrusted)
        let trust = AuthorityTrust.accepted(Fingerprint(of: ca.certificate))
        #expect(code { _ = try make([ca.certificate, registration], trust: trust) } == .raUntrusted)
        #expect(
            code { _ = try make([ca.certificate, stranger.certificate, registration], trust: trust) }
                == .raUntrusted)
    }

    @Test("A10: expired and not yet valid certificates have messages of their own")
    func validity() throws {
        let now = Samples.now
        let expired = try ca.issue(
            "RA", keyName: "ra-encryption", usage: .keyEncipherment, from: now - 20 * Samples.day,
            to: now - Samples.day)
        #expect(code { _ = try make([ca.certificate, expired]) } == .raExpired)
        let early = try ca.issue(
            "RA", keyName: "ra-encryption", usage: .keyEncipherment, from: now + Samples.day, to: now + 2 * Samples.day)
        #expect(code { _ = try make([ca.certificate, early]) } == .raNotYetValid)
        #expect(code { _ = try make([ca.certificate], now: now - 9000 * Samples.day) } == .authorityNotYetValid)
        #expect(code { _ = try make([ca.certificate], now: now + 9000 * Samples.day) } == .authorityExpired)
        #expect(try make([ca.certificate, expired, encryption]).encryptionCertificate == encryption)
    }

    @Test("A11: SHA-1 signed CA and RA certificates are taken")
    func sha1() throws {
        let old = try SampleCA(digest: .sha1)
        let registration = try old.issue("RA", keyName: "ra-encryption", usage: .keyEncipherment, digest: .sha1)
        #expect(try make([old.certificate, registration]).encryptionCertificate == registration)
    }

    @Test("Nothing is encrypted to a key that anyone can break: an RA of 512 bits is passed over")
    func weakRecipient() throws {
        let spki =
            "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAPm3lUNmJwm+bRuCFjZMpzOvanABnyDUWsZi1kKpB/OgJgTmqQoO0s/m7HFpZcvZmdFDANN/"
            + "M6nuH9/6NvHykEcCAwEAAQ=="
        let weakKey = try PublicKey(spki: [UInt8](try #require(Data(base64Encoded: spki))))
        let authority = try SampleCA()
        var template = try SampleCA.template("weak RA", authority.key, serial: [9])
        template.publicKey = weakKey
        template.keyUsage = .keyEncipherment
        let weak = try template.issued(by: authority.certificate, key: authority.key, digest: .sha256)
        #expect(try make([authority.certificate, weak]).encryptionCertificate == authority.certificate)
    }

    @Test("A12: a CA with an elliptic-curve key works with an RSA RA, and is refused without")
    func ellipticCurve() throws {
        let curve = try SampleCA("EC CA", key: .generate(.p256))
        #expect(code { _ = try make([curve.certificate]) } == .noEncryptionCertificate)
        let registration = try curve.issue("RA", keyName: "ra-encryption", usage: .keyEncipherment)
        let authority = try make([curve.certificate, registration])
        #expect(authority.encryptionCertificate == registration && authority.caCertificate == curve.certificate)
    }

    @Test("A13: the CA identifier is absent by default, and sent with GetCACaps and GetCACert when it is set")
    func identifier() async throws {
        let der = ca.certificate.der
        for (identifier, sent) in [(nil, nil), ("CA 1&x", "CA 1&x")] as [(String?, String?)] {
            let server = InMemoryServer { exchange throws(SCEPError) in
                TransportReply(status: 200, body: exchange.operation == .getCACert ? der : [])
            }
            let client = Client(transport: server, identifier: identifier)
            let deadline = ContinuousClock.now + .seconds(30)
            let capabilities = try await client.capabilities(deadline: deadline)
            _ = try await client.authority(
                capabilities: capabilities, trust: .unconfirmed, now: Samples.now, deadline: deadline)
            #expect(server.exchanges.map(\.message) == [sent, sent])
            #expect(server.exchanges.map(\.operation) == [.getCACaps, .getCACert])
        }
    }

    @Test("Real servers' GetCACert bodies with awkward keyUsage give a CA", arguments: [1, 3, 7, 8])
    func recorded(_ number: Int) throws {
        let certificates = try CertificateBundle.read(Samples.recorded("cryptlib/scep_ca\(number).der"))
        let date = try #require(certificates.map(\.notBefore).max()) + Samples.day
        let authority = try make(certificates, now: date)
        #expect(certificates.contains(authority.caCertificate))
        #expect(authority.encryptionCertificate.publicKey.isRSA)
    }

    @Test("A12: a real server's elliptic-curve CA without an RA is refused with that reason")
    func recordedEllipticCurve() throws {
        let certificates = try CertificateBundle.read(Samples.recorded("cryptlib/scep_ca2.der"))
        let date = certificates[0].notBefore + Samples.day
        #expect(code { _ = try make(certificates, now: date) } == .noEncryptionCertificate)
    }

    @Test("A stored authority comes back the same")
    func stored() throws {
        let authority = try make(all)
        #expect(try JSONDecoder().decode(Authority.self, from: JSONEncoder().encode(authority)) == authority)
    }

    var all: [Certificate] { [signing, encryption, ca.certificate] }

    private func degenerate() throws -> [UInt8] { try SignedData.degenerate(all) }

    private func degenerate(crls: [BERValue]) throws -> [UInt8] {
        var value = try BERValue(degenerate())
        try value.editChild(1, 0) { $0.children.insert(BERValue(tag: 0xa1, children: crls), at: 4) }
        return value.encoded
    }

    /// A CertificateList (RFC 5280 §5.1) whose signature means nothing: nobody here looks at it.
    private func crl() throws -> BERValue {
        let algorithm = BERValue(
            tag: 0x30,
            children: [
                BERValue(tag: 0x06, content: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]),
                BERValue(tag: 0x05, content: []),
            ])
        let list = BERValue(
            tag: 0x30,
            children: [
                BERValue(tag: 0x02, content: [1]), algorithm, try BERValue(ca.certificate.subject.der),
                BERValue(tag: 0x17, content: Array("260101000000Z".utf8)),
            ])
        return BERValue(tag: 0x30, children: [list, algorithm, BERValue(tag: 0x03, content: [0, 1])])
    }

    private func lookUp(_ server: InMemoryServer) async throws -> Authority {
        try await Client(transport: server).authority(
            capabilities: capabilities, trust: .unconfirmed, now: Samples.now, deadline: .now + .seconds(30))
    }
}
