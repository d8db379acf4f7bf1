import Foundation
import PKI
import Testing

@testable import SCEP

/// What we send, checked by taking it apart.
@Suite struct RequestTests {
    private static let rsaEncryption = BERValue(tag: 0x06, content: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1])
    private static let data = BERValue(tag: 0x06, content: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1])

    @Test("Q1: EnvelopedData v0, one ktri v0 by issuer and serial, rsaEncryption NULL, id-data, definite DER")
    func envelope() throws {
        let enrolment = try Enrolment(withRA: true)
        let envelope = try #require(try SignedData(ber: enrolment.message.bytes).content)
        // BERValue reads definite lengths only.
        let enveloped = try BERValue(envelope).children[1].children[0]
        #expect(enveloped.children[0].content == [0])
        #expect(enveloped.children[1].children.count == 1)
        let recipient = enveloped.children[1].children[0]
        #expect(recipient.tag == 0x30 && recipient.children[0].content == [0])
        #expect(
            recipient.children[1].encoded
                == BERValue(
                    tag: 0x30,
                    children: [
                        try BERValue(enrolment.encryption.issuer.der),
                        BERValue(tag: 0x02, content: enrolment.encryption.serialNumber),
                    ]
                ).encoded)
        #expect(recipient.children[2].children.map(\.encoded) == [Self.rsaEncryption.encoded, [5, 0]])
        let content = enveloped.children[2]
        #expect(content.children[0].encoded == Self.data.encoded)
        #expect(content.children[1].children[1].tag == 0x04 && content.children[1].children[1].content.count == 16)
        #expect(content.children[2].tag == 0x80)
    }

    @Test("Q2: one SignerInfo with rsaEncryption, the requester certificate alone, no S/MIME capabilities")
    func signature() throws {
        let enrolment = try Enrolment()
        let message = try SignedData(ber: enrolment.message.bytes)
        let requester = enrolment.transaction.requesterCertificate
        #expect(message.signerCount == 1 && message.certificates == [requester])
        try message.verify(signer: requester)
        let signedData = try BERValue(enrolment.message.bytes).children[1].children[0]
        let signer = try #require(signedData.children.last?.children.first)
        #expect(signedData.children[0].content == [1] && signer.children[0].content == [1])
        #expect(signer.children[4].children.map(\.encoded) == [Self.rsaEncryption.encoded, [5, 0]])
        #expect(try message.attribute("1.2.840.113549.1.9.15") == nil)
        #expect(try message.attribute("2.16.840.1.113733.1.9.8") == nil)
    }

    @Test("Q3: the transaction ID is 40 upper-case hexadecimal digits as a PrintableString, the nonce 16 fresh octets")
    func attributes() throws {
        let first = try Enrolment()
        let message = try SignedData(ber: first.message.bytes)
        #expect(try message.attribute("2.16.840.1.113733.1.9.7") == .printable(first.transaction.id.text))
        #expect(first.transaction.id.text.count == 40)
        #expect(first.transaction.id.text.allSatisfy { "0123456789ABCDEF".contains($0) })
        #expect(try message.attribute("2.16.840.1.113733.1.9.2") == .printable("19"))
        #expect(try message.attribute("2.16.840.1.113733.1.9.5") == .octets(first.message.senderNonce.bytes))
        #expect(first.message.senderNonce.bytes.count == 16)
        let again = try Transaction(
            csr: first.request, key: first.key, server: Samples.server(), attempt: 1, now: Samples.now,
            random: first.random)
        #expect(again.id != first.transaction.id)
    }

    @Test(
        "Q4, Q12: the challenge arrives as it was given, and no attribute stands for none",
        arguments: [
            nil, "secret123", "0123456789ABCDEF0123456789ABCDEF", "quotes \" ' & <x> \\", "Grüße 秘密",
            String(repeating: "a", count: 255),
        ])
    func challenge(_ challenge: String?) throws {
        let enrolment = try Enrolment(request: Samples.request(challengePassword: challenge))
        guard case .certificateRequest(let request) = try enrolment.read(enrolment.message).content else {
            Issue.record("no request")
            return
        }
        #expect(request == enrolment.request && request.challengePassword == challenge)
    }

    @Test("Q5: 20 subjectAltNames of all kinds make more than 2 KB and arrive")
    func names() throws {
        var names: [GeneralName] = [.ip([192, 0, 2, 1]), .ip([UInt8](repeating: 0x20, count: 16))]
        names += [.email("admin@example.com"), .uri("http://device.example.com/")]
        names += (0..<16).map { .dns("a-rather-long-host-name-number-\($0).department.example.com") }
        let enrolment = try Enrolment(request: Samples.request(subjectAltNames: names))
        guard case .certificateRequest(let request) = try enrolment.read(enrolment.message).content else {
            Issue.record("no request")
            return
        }
        #expect(request.subjectAltNames == names && enrolment.message.bytes.count > 2048)
    }

    @Test(
        "Q6: the keyUsage of the request is as chosen",
        arguments: [KeyUsage.digitalSignature, .keyEncipherment, [.digitalSignature, .keyEncipherment]])
    func usage(_ usage: KeyUsage) throws {
        let enrolment = try Enrolment(request: Samples.request(keyUsage: usage))
        guard case .certificateRequest(let request) = try enrolment.read(enrolment.message).content else {
            Issue.record("no request")
            return
        }
        #expect(request.keyUsage == usage)
    }

    @Test("Q7: a CA with a 4096-bit key gets an encrypted key of 512 octets")
    func largeKey() throws {
        let enrolment = try Enrolment(ca: SampleCA(key: .generate(.rsa(bits: 4096))))
        let envelope = try #require(try SignedData(ber: enrolment.message.bytes).content)
        let recipient = try BERValue(envelope).children[1].children[0].children[1].children[0]
        #expect(recipient.children[3].content.count == 512)
        #expect(try enrolment.read(enrolment.message).recipient == enrolment.ca.certificate)
    }

    @Test(
        "Q8: an elliptic-curve request travels under an RSA identity and gets its certificate",
        arguments: [KeyAlgorithm.p256, .p384])
    func ellipticCurve(_ algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        var enrolment = try Enrolment(key: key)
        #expect(enrolment.request.publicKey == key.publicKey)
        #expect(try enrolment.receive(enrolment.success()).certificate?.publicKey == key.publicKey)
        #expect(
            code {
                _ = try Transaction(
                    csr: enrolment.request, key: key, server: Samples.server(), now: Samples.now,
                    random: enrolment.random)
            } == .cryptography)
    }

    @Test(
        "Q9: the requester certificate is v3, self-signed, backdated, with keyUsage and a serial of at most 20 octets")
    func requester() throws {
        let enrolment = try Enrolment()
        let certificate = enrolment.transaction.requesterCertificate
        #expect(certificate.version == 3 && certificate.isSelfIssued && certificate.isSigned(by: certificate))
        #expect(certificate.subject == enrolment.request.subject && certificate.matches(enrolment.key))
        #expect(certificate.keyUsage == [.digitalSignature, .keyEncipherment] && !certificate.isCA)
        #expect((1...20).contains(certificate.serialNumber.count) && certificate.serialNumber[0] < 0x80)
        #expect(certificate.notBefore == Samples.now - Samples.day)
        #expect(certificate.notAfter > Samples.now + 365 * Samples.day)
    }

    struct Algorithms: Sendable {
        let capabilities: String
        let cipher: ContentCipher
        let digest: DigestAlgorithm
        let method: AlgorithmChoice.Method
    }

    @Test(
        "The message is made as the capabilities chose; the request inside keeps its own digest",
        arguments: [
            Algorithms(capabilities: "SCEPStandard", cipher: .aes128CBC, digest: .sha256, method: .post),
            Algorithms(
                capabilities: "DES3\nSHA-512\nPOSTPKIOperation", cipher: .des3CBC, digest: .sha512, method: .post),
            Algorithms(capabilities: "", cipher: .des3CBC, digest: .sha1, method: .get),
        ])
    func algorithms(_ row: Algorithms) throws {
        let enrolment = try Enrolment(capabilities: row.capabilities)
        let read = try enrolment.read(enrolment.message)
        #expect(read.cipher == row.cipher && read.digest == row.digest && enrolment.message.method == row.method)
        #expect(read.content == .certificateRequest(enrolment.request))
        #expect(read.transactionID == enrolment.transaction.id && read.messageType == .pkcsReq)
    }

    @Test("A2: the request can be opened by the encryption RA alone")
    func oneRecipient() throws {
        let enrolment = try Enrolment(withRA: true)
        #expect(try enrolment.read(enrolment.message).recipient == enrolment.encryption)
        #expect(
            code {
                _ = try RequestMessage(
                    ber: enrolment.message.bytes, recipients: [(enrolment.ca.certificate, enrolment.ca.key)])
            } == .notRecipient)
    }

    @Test("A request that was tampered with or is no request is refused on the server side")
    func tampered() throws {
        let enrolment = try Enrolment()
        var bytes = enrolment.message.bytes
        bytes[bytes.count - 5] ^= 1
        #expect(code { _ = try RequestMessage(ber: bytes, recipients: enrolment.recipients) } == .badSignature)
        let broken: [[UInt8]] = [[], [0x30], Array(bytes.dropLast(20)), Array("<html>".utf8)]
        for message in broken {
            #expect(code { _ = try RequestMessage(ber: message, recipients: []) } == .malformedRequest)
        }
        let reply = try enrolment.reply(.pending)
        #expect(code { _ = try RequestMessage(ber: reply, recipients: []) } == .malformedRequest)
    }

    @Test("Recorded requests of other clients are read, up to the envelope for which we have no key")
    func recorded() throws {
        for name in ["micromdm/PKCSReq.der", "jscep/scep_req2.der"] {
            let bytes = try Samples.recorded(name)
            #expect(code { _ = try RequestMessage(ber: bytes, recipients: []) } == .notRecipient, "\(name)")
        }
    }
}
