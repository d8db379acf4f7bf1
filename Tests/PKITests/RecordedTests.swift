import Foundation
import PKI
import Testing

/// Messages of servers that nobody here wrote (Tests/Recorded/README.md).
@Suite struct RecordedTests {
    static let transactionID = "2.16.840.1.113733.1.9.7"
    static let pkiStatus = "2.16.840.1.113733.1.9.3"
    static let failInfo = "2.16.840.1.113733.1.9.4"

    @Test("R4, R7: a real NDES SUCCESS without certificates verifies with its RA certificate")
    func ndesSuccess() throws {
        let agent = try Certificate(pem: Samples.text("micromdm/ndes-ra.pem"))
        #expect(agent.extendedKeyUsages == ["1.3.6.1.4.1.311.20.2.1"])
        #expect(agent.keyUsage == .digitalSignature)
        let reply = try SignedData(ber: Samples.recorded("micromdm/ndes-success.der"))
        #expect(reply.certificates.isEmpty)
        #expect(reply.digest == .sha1)
        #expect(reply.signerCertificate(among: [agent]) == agent)
        try reply.verify(signer: agent)
        #expect(try reply.attribute(Self.pkiStatus) == .printable("0"))
        #expect(try reply.attribute("1.3.6.1.4.1.311.21.38") == .utf8("Issued"))
        let envelope = try EnvelopedData(ber: #require(reply.content))
        #expect(envelope.contentCipher == .aes128CBC)
        #expect(envelope.recipients.count == 1)
    }

    @Test("R1, R3: a real NDES FAILURE has one byte of content, failInfo 2 and an HRESULT")
    func ndesFailure() throws {
        let reply = try SignedData(ber: Samples.recorded("ndes2012-failure.der"))
        #expect(reply.content == [0])
        #expect(reply.certificates.isEmpty)
        #expect(try reply.attribute(Self.pkiStatus)?.text == "2")
        #expect(try reply.attribute(Self.failInfo)?.text == "2")
        #expect(try reply.attribute("1.3.6.1.4.1.311.21.33")?.text == "-2147024809")
    }

    @Test("jscep's messages, named by RFC 8894, parse and verify", arguments: ["req", "resp"])
    func jscep(_ name: String) throws {
        let message = try SignedData(ber: Samples.recorded("jscep/scep_\(name)2.der"))
        let signer = try #require(message.signerCertificate(among: message.certificates))
        try message.verify(signer: signer)
        #expect(try message.attribute(Self.transactionID) == .printable("7XXEY-ERLPU-2JDR9"))
        #expect(message.digest == .sha256)
        #expect(signer.publicKey.algorithm == .rsa(bits: 1536))
        let envelope = try EnvelopedData(ber: #require(message.content))
        #expect(envelope.contentCipher == .aes128CBC)
    }

    @Test func jscepsRequestIsReadWithItsChallengePasswordAndNames() throws {
        let request = try CertificateRequest(der: Samples.recorded("jscep/scep_req0.der"))
        try request.verifySignature()
        #expect(request.challengePassword != nil)
        #expect(!request.subjectAltNames.isEmpty)
        #expect(!(try SignedData.degenerateCertificates(Samples.recorded("jscep/scep_resp0.der"))).isEmpty)
    }

    @Test func micromdmsMessagesVerifyAndItsReplyIsSingleDES() throws {
        let authority = try Certificate(pem: Samples.text("micromdm/ca.pem"))
        let reply = try SignedData(ber: Samples.recorded("micromdm/CertRep.der"))
        let signer = try #require(reply.signerCertificate(among: reply.certificates + [authority]))
        try reply.verify(signer: signer)
        #expect(try EnvelopedData(ber: #require(reply.content)).contentCipher == .desCBC)
        let request = try SignedData(ber: Samples.recorded("micromdm/PKCSReq.der"))
        let requester = try #require(request.signerCertificate(among: request.certificates))
        try request.verify(signer: requester)
    }

    @Test("A1, A4: CA certificates with awkward key usage are read", arguments: [1, 2, 3, 7, 8])
    func awkwardAuthorities(_ number: Int) throws {
        let body = try Samples.recorded("cryptlib/scep_ca\(number).der")
        let certificate = try Certificate(der: body)
        #expect(certificate.der == body)
        #expect(certificate.publicKey.isRSA == (number != 2), "the second has an EC key")
        #expect(try Certificate(pem: certificate.pem) == certificate)
    }

    /// A longer search is a matter of an environment variable.
    private static let rounds = ProcessInfo.processInfo.environment["MUTATION_ROUNDS"].flatMap { Int($0) } ?? 40

    @Test("Hostile bytes are refused or read, and never more than that", arguments: Samples.recordings)
    func mutations(_ name: String) throws {
        let original = try Samples.recorded(name)
        var numbers = SeededNumbers(seed: UInt64(original.count))
        let certificate = try Certificate(pem: Samples.text("made/certificate.pem"))
        let key = try PrivateKey(pem: Samples.text("made/key.pem"))
        for round in 0..<Self.rounds {
            var bytes = original
            for _ in 0...Int.random(in: 0..<4, using: &numbers) {
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                bytes[place] = UInt8.random(in: 0...255, using: &numbers)
            }
            if round % 4 == 0 { bytes.removeLast(Int.random(in: 1...bytes.count, using: &numbers)) }
            if round % 7 == 0 { bytes.append(0) }
            // Whatever is accepted must come out again as text without trouble.
            if let read = try? Certificate(der: bytes) {
                #expect(read.der.count > 0 && read.subject.description != "\0")
            }
            if let read = try? CertificateRequest(der: bytes) { try? read.verifySignature() }
            _ = try? Name(der: bytes)
            _ = try? IssuerAndSubject(der: bytes)
            _ = try? PrivateKey(pkcs8: bytes)
            _ = try? PublicKey(spki: bytes)
            if let read = try? SignedData(ber: bytes) {
                #expect(code { try read.verify(signer: certificate) } != nil || name.hasPrefix("made/signed-"))
                for inner in read.certificates { _ = inner.subject.description }
                if let content = read.content, let envelope = try? EnvelopedData(ber: content) {
                    _ = envelope.isRecipient(certificate)
                }
            }
            if let read = try? EnvelopedData(ber: bytes) {
                _ = try? read.decrypt(certificate: certificate, key: key, allowSingleDES: round % 16 == 0)
            }
        }
    }
}
