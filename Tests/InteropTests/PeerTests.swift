import FoundationEssentials
import PKI
import SCEP
import Testing

/// N2: the engine against servers that nobody here wrote. They run one after the other: two of them keep their
/// state in files without locks.
@Suite(.serialized, .enabled(if: Peer.areRunning, "the peers are started by: scripts/test peers"))
struct PeerTests {
    @Test("a certificate is issued, for the key, with the names, under the CA", arguments: Peer.waysToModern)
    func issues(peer: Peer, method: AlgorithmChoice.Method) async throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        let name = "\(peer.variable.lowercased().replacing("_", with: "-"))-\(method.rawValue.lowercased()).example.com"
        var enrolment = try await Enrolment(at: peer, commonName: name, key: key, method: method)
        let outcome = try await enrolment.enrol()
        guard case .issued(let issued) = outcome else {
            Issue.record("not issued: \(outcome)")
            return
        }
        #expect(issued.certificate.matches(key))
        #expect(issued.certificate.subject.commonName == name)
        #expect(issued.certificate.subjectAltNames.contains(.dns(name)))
        #expect(issued.certificate.subjectAltNames.contains(.dns("printer.example.com")))
        #expect(issued.differences.filter { if case .missingSubjectAltName = $0 { true } else { false } }.isEmpty)
        #expect(issued.chain.last == enrolment.authority.caCertificate)
        let verifier = ChainVerifier(anchors: [enrolment.authority.caCertificate], intermediates: issued.chain)
        try verifier.verify(issued.certificate, at: Date())
        #expect(enrolment.transaction.isFinished)
    }

    @Test("an IP address as common name is an iPAddress in the certificate", arguments: Peer.modern)
    func issuesForAddress(peer: Peer) async throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        var enrolment = try await Enrolment(at: peer, commonName: "192.0.2.7", key: key)
        guard case .issued(let issued) = try await enrolment.enrol() else {
            Issue.record("not issued")
            return
        }
        #expect(issued.certificate.subjectAltNames.contains(.ip([192, 0, 2, 7])))
    }

    @Test("a longer key is certified too", arguments: Peer.modern)
    func issuesForLongKey(peer: Peer) async throws {
        let key = try PrivateKey.generate(.rsa(bits: 3072))
        var enrolment = try await Enrolment(at: peer, commonName: "long.example.com", key: key)
        guard case .issued(let issued) = try await enrolment.enrol() else {
            Issue.record("not issued")
            return
        }
        #expect(issued.certificate.publicKey.bits == 3072)
    }

    @Test("a transaction that was written down and read again goes on", arguments: Peer.modern)
    func survivesPersistence(peer: Peer) async throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        var enrolment = try await Enrolment(at: peer, commonName: "persisted.example.com", key: key)
        let reply = try await enrolment.send()
        let stored = try JSONEncoder().encode(enrolment.transaction)
        var resumed = try JSONDecoder().decode(Transaction.self, from: stored)
        guard case .issued(let issued) = try resumed.receive(reply, key: key, now: Date()) else {
            Issue.record("not issued")
            return
        }
        #expect(issued.certificate.matches(key))
    }

    @Test("another CA than the accepted one is refused before anything is sent", arguments: Peer.all)
    func refusesAnotherCA(peer: Peer) async throws {
        let other = try Fingerprint(text: String(repeating: "AB", count: 32))
        let client = Client(transport: HTTPTransport(server: try peer.server()))
        let deadline = ContinuousClock.now + .seconds(30)
        let capabilities = try await client.capabilities(deadline: deadline)
        let error = await #expect(throws: SCEPError.self) {
            _ = try await client.authority(
                capabilities: capabilities, trust: .accepted(other), now: Date(), deadline: deadline)
        }
        #expect(error?.code == .authorityChanged)
    }

    @Test("a wrong challenge password is an answer, not a certificate")
    func reportsWrongChallenge() async throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        var enrolment = try await Enrolment(
            at: .micromdm, commonName: "wrong.example.com", key: key, challenge: "not the word")
        guard case .failed(let failure) = try await enrolment.enrol() else {
            Issue.record("a wrong challenge password was accepted")
            return
        }
        #expect(failure.failInfo == .badRequest)
    }

    @Test("step-ca refuses a wrong challenge password", arguments: [Peer.stepCA, .stepCAWithAES256])
    func reportsWrongChallengeOfStepCA(peer: Peer) async throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        var enrolment = try await Enrolment(
            at: peer, commonName: "wrong.example.com", key: key, challenge: "not the word")
        guard case .failed = try await enrolment.enrol() else {
            Issue.record("a wrong challenge password was accepted")
            return
        }
    }

    @Test("a path where no SCEP server is gives its HTTP status")
    func reportsWrongPath() async throws {
        let right = try Peer.micromdm.server()
        let wrong = try ServerURL(url: "http://127.0.0.1/not-here", port: right.port)
        let client = Client(transport: HTTPTransport(server: wrong))
        let deadline = ContinuousClock.now + .seconds(30)
        let capabilities = try await client.capabilities(deadline: deadline)
        let error = await #expect(throws: SCEPError.self) {
            _ = try await client.authority(
                capabilities: capabilities, trust: .unconfirmed, now: Date(), deadline: deadline)
        }
        #expect(error?.code == .httpStatus(404))
    }

    @Test(
        "replies in single DES are refused by default with that reason, and read where it is allowed",
        arguments: Peer.scepserver.methods)
    func refusesSingleDES(method: AlgorithmChoice.Method) async throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        let name = "des-\(method.rawValue.lowercased()).example.com"
        var enrolment = try await Enrolment(at: .scepserver, commonName: name, key: key, method: method)
        let reply = try await enrolment.send()

        let error = #expect(throws: SCEPError.self) { _ = try enrolment.receive(reply) }
        #expect(error?.code == .singleDESRefused)
        #expect(error?.requestMayHaveArrived == true)
        #expect(error?.reason.contains("DES") == true)
        #expect(!enrolment.transaction.isFinished)

        var policy = ReplyPolicy()
        policy.allowsSingleDES = true
        guard case .issued(let issued) = try enrolment.receive(reply, policy: policy) else {
            Issue.record("not issued although single DES is allowed")
            return
        }
        #expect(issued.certificate.matches(key))
        #expect(issued.certificate.subjectAltNames.contains(.dns(name)))
    }
}
