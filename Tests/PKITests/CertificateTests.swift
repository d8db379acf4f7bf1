import FoundationEssentials
import Testing

@testable import PKI

@Suite struct CertificateTests {
    @Test func aCertificateComesBackAsItsTemplateSaid() throws {
        var template = try Samples.template("device", Samples.key.get(), serial: [0x80, 0x01])
        template.extendedKeyUsages = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]
        template.subjectAltNames = [.dns("device.example"), .ip([UInt8](repeating: 1, count: 16))]
        template.keyUsage = [.digitalSignature, .decipherOnly]
        let made = try template.selfSigned(with: Samples.key.get(), digest: .sha384)
        for certificate in [made, try Certificate(der: made.der), try Certificate(pem: "text\r\n" + made.pem)] {
            #expect(certificate.version == 3)
            #expect(certificate.serialNumber == [0x80, 0x01])
            #expect(certificate.subject == template.subject)
            #expect(certificate.issuer == template.subject)
            #expect(certificate.isSelfIssued)
            #expect(certificate.notBefore == template.notBefore)
            #expect(certificate.notAfter == template.notAfter)
            #expect(certificate.publicKey == template.publicKey)
            #expect(certificate.keyUsage == [.digitalSignature, .decipherOnly])
            #expect(certificate.extendedKeyUsages == template.extendedKeyUsages)
            #expect(certificate.subjectAltNames == template.subjectAltNames)
            #expect(!certificate.isCA)
            #expect(certificate.signatureAlgorithm == "sha384WithRSAEncryption")
            #expect(certificate.matches(try Samples.key.get()))
            #expect(!certificate.matches(try Samples.otherKey.get()))
            #expect(certificate == made)
        }
    }

    @Test func aCASignsForOthers() throws {
        let authority = try Samples.authority()
        #expect(authority.isCA)
        #expect(authority.keyUsage == [.keyCertSign, .cRLSign])
        let issued = try Samples.template("device", Samples.key.get())
            .issued(by: authority, key: Samples.otherKey.get(), digest: .sha256)
        #expect(issued.issuer == authority.subject)
        #expect(issued.isSigned(by: authority))
        #expect(!issued.isSigned(by: try Samples.certificate()))
        #expect(!issued.isSelfIssued)
        let namesake = try Samples.template("CA", Samples.key.get())
            .selfSigned(with: Samples.key.get(), digest: .sha256)
        #expect(!issued.isSigned(by: namesake))
    }

    @Test func theFingerprintIsOverTheWholeCertificate() throws {
        let certificate = try Certificate(pem: Samples.text("micromdm/ca.pem"))
        #expect(certificate.fingerprint(.sha256) == DigestAlgorithm.sha256.hash(certificate.der))
        #expect(certificate.fingerprint(.sha1).count == 20)
        #expect(
            Hex.encode(DigestAlgorithm.sha1.hash(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            Hex.encode(DigestAlgorithm.sha256.hash([]))
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test(
        "Dates are UTCTime until 2049 and GeneralizedTime from 2050",
        arguments: [
            (-631_152_000, "500101000000Z", 0x17), (0, "700101000000Z", 0x17), (2_524_607_999, "491231235959Z", 0x17),
            (2_524_608_000, "20500101000000Z", 0x18), (253_402_300_799, "99991231235959Z", 0x18),
            (-631_152_001, "19491231235959Z", 0x18), (1_709_164_800, "240229000000Z", 0x17),
        ] as [(Double, String, UInt8)])
    func dates(_ seconds: Double, _ text: String, _ tag: UInt8) throws {
        let date = Date(timeIntervalSince1970: seconds)
        #expect(try DER.time(date) == DER.element(tag, Array(text.utf8)))
        var template = try Samples.template("device", Samples.key.get())
        template.notBefore = min(date, template.notBefore)
        template.notAfter = date
        if date >= template.notBefore {
            #expect(try template.selfSigned(with: Samples.key.get(), digest: .sha256).notAfter == date)
        }
    }

    @Test func aTemplateThatMakesNoCertificateIsRefused() throws {
        let good = try Samples.template("device", Samples.key.get())
        var bad: [CertificateTemplate] = []
        for serial in [[], [0], [UInt8](repeating: 1, count: 21)] as [[UInt8]] {
            bad.append(good)
            bad[bad.count - 1].serialNumber = serial
        }
        for date in [Samples.start - 1, Date(timeIntervalSince1970: .infinity), Date(timeIntervalSince1970: 1e300)] {
            bad.append(good)
            bad[bad.count - 1].notAfter = date
        }
        bad.append(good)
        bad[bad.count - 1].isCA = true
        bad[bad.count - 1].pathLength = -1
        for template in bad {
            #expect(code { _ = try template.selfSigned(with: Samples.key.get(), digest: .sha256) } == .invalidInput)
        }
        #expect(code { _ = try good.selfSigned(with: Samples.otherKey.get(), digest: .sha256) } == .keyMismatch)
        #expect(
            code { _ = try good.issued(by: Samples.authority(), key: Samples.key.get(), digest: .sha256) }
                == .keyMismatch)
    }

    @Test func bytesThatAreNoCertificateAreRefused() throws {
        let der = try Samples.certificate().der
        #expect(code { _ = try Certificate(der: []) } == .malformed)
        #expect(code { _ = try Certificate(der: der + [0]) } == .malformed)
        #expect(code { _ = try Certificate(der: Array(der.dropLast())) } == .malformed)
        #expect(
            code { _ = try Certificate(der: [UInt8](repeating: 0x30, count: PKIError.inputLimit + 1)) } == .tooLarge)
        #expect(code { _ = try Certificate(pem: "") } == .malformed)
        #expect(
            code { _ = try Certificate(pem: "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----") } == .malformed
        )
        #expect(code { _ = try Certificate(pem: "-----BEGIN CERTIFICATE-----\nAAAA\n") } == .malformed)
    }

    @Test func nestingWithoutEndIsRefused() {
        let nested =
            [UInt8](repeating: 0, count: 0) + Array(repeating: [0x30, 0x80] as [UInt8], count: 300_000).joined()
        let strings = Array(repeating: [0x24, 0x80] as [UInt8], count: 300_000).joined()
        for bytes in [nested, Array(strings)] {
            #expect(code { _ = try Certificate(der: bytes) } == .malformed)
            #expect(code { _ = try SignedData(ber: bytes) } == .malformed)
            #expect(code { _ = try EnvelopedData(ber: bytes) } == .malformed)
            #expect(code { _ = try Name(der: bytes) } == .malformed)
        }
    }

    @Test func anExtensionThatStandsTwiceIsRefused() throws {
        let key = try Samples.key.get()
        let name = try Name(commonName: "a").der
        let usage = DER.sequence(try DER.objectIdentifier("2.5.29.15"), DER.octetString(KeyUsage.cRLSign.der))
        let broken = DER.sequence(try DER.objectIdentifier("2.5.29.15"), DER.octetString([0xff]))
        let signature = try DigestAlgorithm.sha256.signatureIdentifier(isRSA: true)
        let validity = DER.sequence(try DER.time(Samples.start), try DER.time(Samples.start))
        for list in [[usage, usage], [broken]] {
            let fields = DER.sequence(
                DER.explicit(0, DER.integer(2)), DER.integer(1), signature, name, validity, name, key.publicKey.spki,
                DER.explicit(3, DER.sequence(of: list)))
            let der = try key.signedStructure(fields, .sha256)
            #expect(code { _ = try Certificate(der: der) } == .malformed)
        }
    }

    @Test(
        "A version that X.509 does not have is refused, the largest number included",
        arguments: [
            [3], [0x7f], [0x80], [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0x00, 0x80, 0, 0, 0, 0, 0, 0, 0], [0x80, 0, 0, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func version(_ number: [UInt8]) throws {
        let key = try Samples.key.get()
        let name = try Name(commonName: "a").der
        let validity = DER.sequence(try DER.time(Samples.start), try DER.time(Samples.start))
        let fields = DER.sequence(
            DER.explicit(0, DER.element(0x02, number)), DER.integer(1),
            try DigestAlgorithm.sha256.signatureIdentifier(isRSA: true), name, validity, name, key.publicKey.spki)
        let der = try key.signedStructure(fields, .sha256)
        #expect(code { _ = try Certificate(der: der) } == .malformed)
        #expect(code { _ = try SignedData.degenerateCertificates(degenerate(der)) } == .malformed)
    }

    private func degenerate(_ certificate: [UInt8]) throws -> [UInt8] {
        DER.sequence(
            try DER.objectIdentifier("1.2.840.113549.1.7.2"),
            DER.explicit(
                0,
                DER.sequence(
                    DER.integer(1), DER.set(of: []), DER.sequence(try DER.objectIdentifier(SignedData.dataOID)),
                    DER.explicit(0, certificate), DER.set(of: []))))
    }

    @Test func valuesAreSharedAcrossThreads() async throws {
        let key = try Samples.key.get()
        let certificate = try Samples.certificate()
        let message = try SignedData(
            ber: SignedData.sign(
                [1], signer: certificate, key: key, digest: .sha256, attributes: [], certificates: [certificate]))
        let envelope = try EnvelopedData(ber: EnvelopedData.encrypt([2], to: certificate, cipher: .aes128CBC))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    try message.verify(signer: certificate)
                    _ = try envelope.decrypt(certificate: certificate, key: key, allowSingleDES: false)
                    try ChainVerifier(anchors: [certificate]).verify(certificate, at: Samples.start)
                    _ = try key.pkcs8()
                }
            }
            try await group.waitForAll()
        }
    }
}
