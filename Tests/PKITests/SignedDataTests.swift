import FoundationEssentials
import Testing

@testable import PKI

@Suite struct SignedDataTests {
    static let messageType = "2.16.840.1.113733.1.9.2"
    static let senderNonce = "2.16.840.1.113733.1.9.5"
    static let failInfoText = "1.3.6.1.5.5.7.24.1"

    private func sign(
        _ content: [UInt8]?, attributes: [SignedAttribute] = [], certificates: [Certificate] = [],
        digest: DigestAlgorithm = .sha256
    ) throws -> [UInt8] {
        try SignedData.sign(
            content, signer: Samples.certificate(), key: Samples.key.get(), digest: digest, attributes: attributes,
            certificates: certificates)
    }

    @Test func aMessageIsSignedReadAndVerified() throws {
        let certificate = try Samples.certificate()
        let attributes = [
            SignedAttribute(oid: Self.messageType, value: .printable("19")),
            SignedAttribute(oid: Self.senderNonce, value: .octets([1, 2, 3])),
            SignedAttribute(oid: Self.failInfoText, value: .utf8("Grüße")),
        ]
        let read = try SignedData(ber: sign([7, 8, 9], attributes: attributes, certificates: [certificate]))
        #expect(read.content == [7, 8, 9])
        #expect(read.certificates == [certificate])
        #expect(read.signerCertificate(among: [try Samples.authority(), certificate]) == certificate)
        #expect(read.digest == .sha256)
        #expect(read.signerCount == 1)
        for attribute in attributes { #expect(try read.attribute(attribute.oid) == attribute.value) }
        #expect(try read.attribute("1.2.3") == nil)
        try read.verify(signer: certificate)
    }

    @Test(
        "R1: absent, empty and one-byte content verify and can be told apart", arguments: [nil, [], [0]] as [[UInt8]?])
    func contentShapes(_ content: [UInt8]?) throws {
        let read = try SignedData(ber: sign(content))
        #expect(read.content == content)
        try read.verify(signer: Samples.certificate())
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func everyDigestVerifiesSHA1Included(_ digest: DigestAlgorithm) throws {
        let read = try SignedData(ber: sign([1], digest: digest))
        #expect(read.digest == digest)
        try read.verify(signer: Samples.certificate())
    }

    @Test func noPurposeIsAskedOfTheSigner() throws {
        var agent = try Samples.template("RA", Samples.key.get())
        agent.extendedKeyUsages = ["1.3.6.1.4.1.311.20.2.1"]
        agent.keyUsage = .digitalSignature
        var authority = agent
        authority.extendedKeyUsages = []
        authority.isCA = true
        authority.keyUsage = [.keyCertSign, .cRLSign]
        for template in [agent, authority] {
            let signer = try template.selfSigned(with: Samples.key.get(), digest: .sha256)
            let message = try SignedData.sign(
                [1], signer: signer, key: Samples.key.get(), digest: .sha256, attributes: [], certificates: [])
            try SignedData(ber: message).verify(signer: signer)
        }
    }

    @Test func anExpiredSignerStillVerifiesBecauseDatesAreTheChainsBusiness() throws {
        var template = try Samples.template("old", Samples.key.get())
        template.notBefore = Samples.start - 9000 * Samples.day
        template.notAfter = Samples.start - 8000 * Samples.day
        let signer = try template.selfSigned(with: Samples.key.get(), digest: .sha256)
        let message = try SignedData.sign(
            [1], signer: signer, key: Samples.key.get(), digest: .sha256, attributes: [], certificates: [])
        try SignedData(ber: message).verify(signer: signer)
    }

    @Test("R13: a certificate inside the message confers no trust: same issuer and serial number, another key")
    func aSignerWithAnotherKeyIsRefused() throws {
        let impostor = try Samples.template("device", Samples.otherKey.get())
            .selfSigned(with: Samples.otherKey.get(), digest: .sha256)
        let genuine = try Samples.certificate()
        let read = try SignedData(ber: sign([1], certificates: [genuine]))
        #expect(read.signerCertificate(among: [impostor]) == impostor)
        #expect(code { try read.verify(signer: impostor) } == .badSignature)
        #expect(code { try read.verify(signer: Samples.authority()) } == .badSignature)
        #expect(read.signerCertificate(among: [try Samples.authority()]) == nil)
    }

    @Test func anyChangeOfContentAttributeOrSignatureIsNoticed() throws {
        let message = try sign(
            [0x5a, 0x5b], attributes: [SignedAttribute(oid: Self.messageType, value: .printable("19"))])
        let changes: [([UInt8], [UInt8])] = [
            ([0x5a, 0x5b], [0x5a, 0x5c]), ([0x13, 0x02, 0x31, 0x39], [0x13, 0x02, 0x32, 0x39]),
            (Array(message.suffix(4)), [0, 0, 0, 0]),
        ]
        for (old, new) in changes {
            let read = try SignedData(ber: message.replacing(old, by: new))
            #expect(code { try read.verify(signer: Samples.certificate()) } == .badSignature)
        }
    }

    @Test func whatIsSentIsDefiniteDERWithRSAEncryptionAndNothingThatOpenSSLAddsByItself() throws {
        let attributes = [
            SignedAttribute(oid: Self.senderNonce, value: .octets([1])),
            SignedAttribute(oid: Self.messageType, value: .printable("19")),
        ]
        let message = try sign([1], attributes: attributes)
        #expect(try sign([1], attributes: attributes) == message, "the same arguments must give the same bytes")
        let read = try SignedData(ber: message)
        #expect(try read.attribute("1.2.840.113549.1.9.5") == nil, "signingTime")
        #expect(try read.attribute("1.2.840.113549.1.9.15") == nil, "S/MIME capabilities")
        #expect(try read.attribute("1.2.840.113549.1.9.3") == .other(DER.objectIdentifier("1.2.840.113549.1.7.1")))

        var outer = DERCursor(message)
        var info = try outer.enter(0x30)
        _ = try info.next()
        var explicit = try info.enter(0xa0)
        var signed = try explicit.enter(0x30)
        #expect(try Array(signed.next().whole) == [2, 1, 1])
        let digest = try Array(DigestAlgorithm.sha256.identifier())
        #expect(try Array(signed.next().content) == digest)
        _ = try signed.next()
        var signers = try signed.enter(0x31)
        var signer = try signers.enter(0x30)
        #expect(try Array(signer.next().whole) == [2, 1, 1])
        _ = try signer.enter(0x30)
        #expect(try Array(signer.next().whole) == digest)
        var set = try signer.enter(0xa0)
        var encoded: [[UInt8]] = []
        while !set.isAtEnd { encoded.append(Array(try set.next().whole)) }
        #expect(encoded.count == 4)
        #expect(encoded == encoded.sorted { $0.lexicographicallyPrecedes($1) })
        let rsaEncryption = DER.sequence(try DER.objectIdentifier("1.2.840.113549.1.1.1"), DER.null)
        #expect(try Array(signer.next().whole) == rsaEncryption)
    }

    @Test("R10: sha256WithRSAEncryption as the signature algorithm is accepted")
    func digestNamedInTheSignatureAlgorithm() throws {
        // The signature algorithm is not signed; the two identifiers have the same length.
        let plain = try DER.objectIdentifier("1.2.840.113549.1.1.1")
        let named = try DER.objectIdentifier("1.2.840.113549.1.1.11")
        let message = try sign([1]).replacing(plain, by: named)
        try SignedData(ber: message).verify(signer: Samples.certificate())
    }

    @Test(
        "R9, R10: indefinite lengths, PSS and a signer named by key identifier are accepted",
        arguments: ["signed-indefinite", "signed-pss", "signed-key-identifier"])
    func otherSoftwaresForms(_ name: String) throws {
        let certificate = try Certificate(pem: Samples.text("made/certificate.pem"))
        let read = try SignedData(ber: Samples.recorded("made/\(name).der"))
        #expect(read.signerCertificate(among: [certificate]) == certificate)
        #expect(read.content == Array("made content".utf8))
        try read.verify(signer: certificate)
    }

    @Test func md5IsRefused() throws {
        let read = try SignedData(ber: Samples.recorded("made/signed-md5.der"))
        #expect(read.digest == nil)
        let certificate = try Certificate(pem: Samples.text("made/certificate.pem"))
        #expect(code { try read.verify(signer: certificate) } == .unsupportedAlgorithm)
    }

    @Test("R15: no signer and two signers are refused", arguments: [0, 2])
    func signerCounts(_ count: Int) throws {
        let certificate = try Samples.certificate()
        let signer = try Signer(certificate: certificate, key: Samples.key.get(), digest: .sha256, attributes: [])
        let message = try SignedData.sign(
            [1], signers: Array(repeating: signer, count: count), certificates: [certificate])
        let read = try SignedData(ber: message)
        #expect(read.signerCount == count)
        #expect(read.signer == nil)
        #expect(code { try read.verify(signer: certificate) } == .signerCount)
        #expect(code { _ = try read.attribute(Self.messageType) } == .signerCount)
    }

    @Test("R15: an attribute that stands twice, or has two values or none, is refused")
    func duplicateAttributes() throws {
        let one = SignedAttribute(oid: Self.messageType, value: .printable("3"))
        let twoValues = SignedAttribute(oid: Self.messageType, value: .other([0x13, 1, 0x33, 0x13, 1, 0x33]))
        let noValue = SignedAttribute(oid: Self.messageType, value: .other([]))
        for attributes in [[one, one], [twoValues], [noValue]] {
            let read = try SignedData(ber: sign([1], attributes: attributes))
            #expect(code { _ = try read.attribute(Self.messageType) } == .duplicateAttribute)
        }
    }

    @Test("R15: a message without the contentType attribute can be made, and its lack be seen")
    func missingContentType() throws {
        var signer = try Signer(
            certificate: Samples.certificate(), key: Samples.key.get(), digest: .sha256, attributes: [])
        signer.hasContentType = false
        let read = try SignedData(ber: SignedData.sign([1], signers: [signer], certificates: []))
        #expect(try read.attribute("1.2.840.113549.1.9.3") == nil)
    }

    @Test("R2: texts come through whatever string type and encoding they were written in")
    func texts() throws {
        let umlaut: [UInt8] = [0x66, 0xc3, 0xbc, 0x72]
        let cases: [(element: [UInt8], value: SignedAttribute.Value)] = [
            (DER.element(0x0c, umlaut), .utf8("für")), (DER.element(0x13, umlaut), .printable("für")),
            (DER.element(0x13, [0x66, 0xfc, 0x72]), .printable("für")), (DER.element(0x16, [0x66]), .utf8("f")),
            (DER.element(0x1e, [0x00, 0x66, 0x00, 0xfc]), .utf8("fü")), (DER.element(0x0c, []), .utf8("")),
            (DER.element(0x0c, [0x61, 0x00, 0x62]), .utf8("a\0b")), (DER.integer(5), .other([2, 1, 5])),
            (DER.null, .other([5, 0])),
        ]
        for (element, value) in cases {
            let attribute = SignedAttribute(oid: Self.failInfoText, value: .other(element))
            #expect(try SignedData(ber: sign(nil, attributes: [attribute])).attribute(Self.failInfoText) == value)
        }
    }

    @Test func whatAnAttributeCannotHoldIsRefused() {
        let bad = [
            SignedAttribute(oid: Self.messageType, value: .printable("ü")),
            SignedAttribute(oid: "not an oid", value: .printable("1")), SignedAttribute(oid: "3.1", value: .octets([])),
        ]
        for attribute in bad { #expect(code { _ = try sign([1], attributes: [attribute]) } == .invalidInput) }
    }

    @Test func aKeyThatIsNotTheSignersIsRefused() {
        #expect(
            code {
                _ = try SignedData.sign(
                    [1], signer: Samples.certificate(), key: Samples.otherKey.get(), digest: .sha256, attributes: [],
                    certificates: [])
            } == .keyMismatch)
    }

    @Test func degenerateMessagesKeepTheOrderOfTheirCertificates() throws {
        let certificates = [try Samples.certificate(), try Samples.authority()]
        for list in [certificates, certificates.reversed(), []] {
            let message = try SignedData.degenerate(list)
            #expect(try SignedData.degenerateCertificates(message) == list)
            #expect(try SignedData(ber: message).signerCount == 0)
            #expect(try SignedData(ber: message).content == nil)
        }
    }

    @Test("A: degenerate messages with wrongly present content are read")
    func degenerateWithContent() throws {
        let certificate = try Samples.certificate()
        let message = try SignedData.sign([], signers: [], certificates: [certificate])
        #expect(try SignedData.degenerateCertificates(message) == [certificate])
    }
}
