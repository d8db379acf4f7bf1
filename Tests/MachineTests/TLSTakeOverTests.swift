import FoundationEssentials
import PKI
import Testing

@testable import Machine

/// What a CA issues is not always what TLS can be served with.
@Suite("Take-over of TLS") struct TLSTakeOverTests {
    private static let serverAuthentication = "1.3.6.1.5.5.7.3.1"
    private static let clientAuthentication = "1.3.6.1.5.5.7.3.2"
    private static let anyPurpose = "2.5.29.37.0"

    /// A CA whose own certificate a stronger one signed.
    private struct Issuer {
        let key: PrivateKey
        let certificate: Certificate

        init(digest: DigestAlgorithm = .sha256, bits: Int = 2048) throws {
            key = try PrivateKey.generate(.rsa(bits: bits))
            let rootKey = try PrivateKey.generate(.p256)
            func template(_ name: String, _ key: PublicKey) throws -> CertificateTemplate {
                CertificateTemplate(
                    subject: try Name(commonName: name), publicKey: key, serialNumber: [1],
                    notBefore: TestClock.start - 86_400, notAfter: TestClock.start + 86_400 * 365, isCA: true,
                    keyUsage: [.keyCertSign])
            }
            let root = try template("Root", rootKey.publicKey).selfSigned(with: rootKey, digest: .sha256)
            certificate = try template("Issuing CA", key.publicKey).issued(by: root, key: rootKey, digest: digest)
        }
    }

    @Test(
        "With a CA certificate that no handshake comes about with the key serves without it, and the portal says so",
        arguments: [(DigestAlgorithm.sha1, 2048), (.sha256, 1024)])
    func weakIssuer(digest: DigestAlgorithm, bits: Int) async throws {
        let test = try await acquired(from: Issuer(digest: digest, bits: bits))
        #expect(try await test.machine.key(named: "web")?.tlsProblem == nil)
        try await test.restart()
        let serving = try await test.machine.tlsIdentity()
        #expect((serving.keyName, serving.chain.count, serving.leavesIssuersOut) == ("web", 1, true))
        #expect(try await test.machine.key(named: "web")?.chain.count == 1, "it stays stored")
        #expect(try await test.machine.status().errors == [.tlsIssuersLeftOut(name: "web")])
    }

    @Test("A certificate that OpenSSL refuses in every handshake does not take its place; said before and after")
    func weakCertificate() async throws {
        let test = try await acquired(from: Issuer(), digest: .sha1)
        try await expectRefused(test, .handshake)
    }

    @Test("A certificate without the key usage of TLS does not take its place, whatever OpenSSL takes")
    func keyUsage() async throws {
        try await expectRefused(try await acquired(from: Issuer()) { $0.keyUsage = [.keyEncipherment] }, .keyUsage)
    }

    @Test("A certificate for other purposes than server authentication serves, and the key's page warns")
    func extendedKeyUsage() async throws {
        let test = try await acquired(from: Issuer()) { $0.extendedKeyUsages = [Self.clientAuthentication] }
        #expect(try await test.machine.pendingRestart() == [RestartReason(keyName: "web", use: .tls)])
        #expect(try await test.machine.key(named: "web")?.tlsProblem == .extendedKeyUsage)
        try await test.restart()
        #expect(try await test.machine.status().errors.isEmpty)
        #expect(try await test.machine.status().tlsKey?.name == "web")
        #expect(try await test.machine.key(named: "web")?.tlsProblem == .extendedKeyUsage)
    }

    @Test("A certificate that leaves its uses open, or names that of a server among others, serves")
    func fit() async throws {
        let issuer = try Issuer()
        let key = try PrivateKey.generate(.p256)
        func problem(_ usage: KeyUsage, _ purposes: [String]) throws -> TLSProblem? {
            TLSProblem(
                try certificate(for: key, from: issuer, digest: .sha256) {
                    $0.keyUsage = usage
                    $0.extendedKeyUsages = purposes
                })
        }
        #expect(try problem([], []) == nil)
        #expect(try problem([.digitalSignature], [Self.clientAuthentication, Self.serverAuthentication]) == nil)
        #expect(try problem([.digitalSignature, .keyAgreement], [Self.anyPurpose]) == nil)
        #expect(try problem([.keyAgreement], []) == .keyUsage)
    }

    @Test("T6: the old key stays while the new one cannot serve TLS")
    func oldKeyStays() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request("old")
        try await test.restart()
        try await test.request("web")
        try await certify(test, from: Issuer(), digest: .sha256) { $0.keyUsage = [.keyEncipherment] }
        try await test.machine.store.write { tables in
            guard let record = try tables.keys.named("web") else { return }
            try tables.keys.setAutomatic(record.id, replacesOld: true, restartsDevice: false)
        }
        try await test.restart()
        #expect(try await test.machine.status().tlsKey?.name == "old")
        #expect(try await test.machine.keys().map(\.name) == ["Default Key", "old", "web"])
    }

    // MARK: Steps

    /// Nothing serves but the default key, and every page that speaks of the new one says why.
    private func expectRefused(_ test: TestMachine, _ problem: TLSProblem) async throws {
        #expect(try await test.machine.key(named: "web")?.tlsProblem == problem)
        let reason = RestartReason(keyName: "web", use: .tls, tlsProblem: problem)
        #expect(try await test.machine.pendingRestart() == [reason])
        for start in 1...2 {
            try await test.restart()
            // The second start has nothing to put in its place any more; the list of keys goes on saying it.
            let errors: [ErrorInformation] = [.tlsKeyUnusable(name: "web", serving: "Default Key", problem)]
            #expect(try await test.machine.status().errors == (start == 1 ? errors : []))
            #expect(try await test.machine.status().tlsKey?.name == "Default Key")
            let key = try await test.machine.key(named: "web")
            #expect((key?.state, key?.tlsProblem) == (.idle, problem))
        }
        let entries = try await test.machine.auditEntries().filter { $0.operation == .putKeyInService }
        #expect(entries.contains { $0.result == .failed && $0.detail == "tls, \(problem.rawValue)" })
    }

    /// A machine whose key `web` has a certificate of this issuer and waits for the restart.
    private func acquired(
        from issuer: Issuer, digest: DigestAlgorithm = .sha256,
        _ change: @Sendable (inout CertificateTemplate) -> Void = { _ in }
    ) async throws -> TestMachine {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request("web")
        try await certify(test, from: issuer, digest: digest, change)
        return test
    }

    /// Puts a certificate of this issuer in the place of the one that was issued.
    private func certify(
        _ test: TestMachine, from issuer: Issuer, digest: DigestAlgorithm,
        _ change: @Sendable (inout CertificateTemplate) -> Void
    ) async throws {
        let key = try await test.machine.store.read { tables in
            try tables.keys.named("web").map { try tables.keys.privateKey($0) }
        }
        let certificate = try certificate(for: #require(key), from: issuer, digest: digest, change)
        try await test.machine.store.write { tables in
            guard let record = try tables.keys.named("web") else { return }
            try tables.keys.setCertificate(certificate, chain: [issuer.certificate], of: record.id)
        }
    }

    private func certificate(
        for key: PrivateKey, from issuer: Issuer, digest: DigestAlgorithm,
        _ change: (inout CertificateTemplate) -> Void
    ) throws -> Certificate {
        var template = CertificateTemplate(
            subject: try Name(commonName: "printer.example"), publicKey: key.publicKey, serialNumber: [2],
            notBefore: TestClock.start - 3_600, notAfter: TestClock.start + 86_400 * 100)
        change(&template)
        return try template.issued(by: issuer.certificate, key: issuer.key, digest: digest)
    }
}
