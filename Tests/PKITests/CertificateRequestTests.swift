import Testing

@testable import PKI

@Suite struct CertificateRequestTests {
    @Test(arguments: [KeyAlgorithm.rsa(bits: 2048), .p256, .p384], [DigestAlgorithm.sha256, .sha384, .sha512])
    func aRequestComesBackAsItWasMade(_ algorithm: KeyAlgorithm, _ digest: DigestAlgorithm) throws {
        let key = algorithm == .rsa(bits: 2048) ? try Samples.key.get() : try PrivateKey.generate(algorithm)
        let subject = try Name(organization: "Example", commonName: "printer.example")
        let made = try CertificateRequest(
            subject: subject, key: key, digest: digest, challengePassword: "secret123",
            subjectAltNames: [.dns("printer.example"), .ip([192, 0, 2, 7]), .email("a@example"), .uri("urn:x")])
        let read = try CertificateRequest(der: made.der)
        #expect(read.subject == subject)
        #expect(read.publicKey == key.publicKey)
        #expect(read.publicKey.algorithm == algorithm)
        #expect(read.challengePassword == "secret123")
        #expect(
            read.subjectAltNames == [.dns("printer.example"), .ip([192, 0, 2, 7]), .email("a@example"), .uri("urn:x")])
        #expect(read.keyUsage == [.digitalSignature, .keyEncipherment])
        try read.verifySignature()
    }

    @Test func theSmallestRequestHasNeitherPasswordNorExtensions() throws {
        let made = try CertificateRequest(
            subject: Name(commonName: "a"), key: Samples.key.get(), digest: .sha256, challengePassword: "", keyUsage: []
        )
        #expect(made.challengePassword == nil)
        #expect(made.keyUsage == nil)
        #expect(made.subjectAltNames.isEmpty)
        try made.verifySignature()
    }

    /// The attributes of the request, each as its whole element.
    private func attributes(of request: CertificateRequest) throws -> [[UInt8]] {
        var outer = DERCursor(request.der)
        var structure = try outer.enter(0x30)
        var info = try structure.enter(0x30)
        for _ in 0..<3 { _ = try info.next() }
        var set = try info.enter(0xa0)
        var elements: [[UInt8]] = []
        while !set.isAtEnd { elements.append(Array(try set.next().whole)) }
        return elements
    }

    @Test("§1.10: attributes stand in DER SET OF order whichever is longer", arguments: [1, 60, 255])
    func attributeOrder(_ length: Int) throws {
        let request = try CertificateRequest(
            subject: Name(commonName: "a"), key: Samples.key.get(), digest: .sha256,
            challengePassword: String(repeating: "x", count: length), subjectAltNames: [.dns("a")])
        let elements = try attributes(of: request)
        #expect(elements.count == 2)
        #expect(elements == elements.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test(
        "Q12: the challenge password is a PrintableString when it can be, else a UTF8String",
        arguments: [
            ("4F2A90B1C3D4E5F6", 0x13), ("it's (ok) +,-./:=?", 0x13), ("a@b", 0x0c), ("pass*word", 0x0c),
            ("\"quoted\"", 0x0c), ("Grüße", 0x0c), (String(repeating: "€", count: 255), 0x0c),
        ] as [(String, UInt8)])
    func challengeString(_ challenge: String, _ tag: UInt8) throws {
        let request = try CertificateRequest(
            subject: Name(commonName: "a"), key: Samples.key.get(), digest: .sha256, challengePassword: challenge,
            keyUsage: [])
        #expect(request.challengePassword == challenge)
        let element = DER.element(tag, Array(challenge.utf8))
        #expect(
            try attributes(of: request) == [
                DER.sequence(DER.objectIdentifier("1.2.840.113549.1.9.7"), DER.set(of: [element]))
            ])
    }

    @Test func aChallengeOfMoreThan255CharactersIsRefusedAndNotRepeatedInTheError() throws {
        let challenge = String(repeating: "z", count: 256)
        do {
            _ = try CertificateRequest(
                subject: Name(commonName: "a"), key: Samples.key.get(), digest: .sha256, challengePassword: challenge)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .invalidInput)
            #expect(!error.description.contains("zz"))
        }
    }

    @Test func aChangedRequestDoesNotVerify() throws {
        let made = try CertificateRequest(
            subject: Name(commonName: "honest"), key: Samples.key.get(), digest: .sha256, challengePassword: nil)
        let changed = try CertificateRequest(der: made.der.replacing(Array("honest".utf8), by: Array("crooks".utf8)))
        #expect(changed.subject.commonName == "crooks")
        #expect(code { try changed.verifySignature() } == .badSignature)
    }

    @Test func aSecondChallengePasswordIsRefused() throws {
        let key = try Samples.key.get()
        let oid = try DER.objectIdentifier("1.2.840.113549.1.9.7")
        let one = DER.printableString("one")
        let two = DER.printableString("two")
        let lists = [
            [DER.sequence(oid, DER.set(of: [one])), DER.sequence(oid, DER.set(of: [two]))],
            [DER.sequence(oid, DER.set(of: [one, two]))], [DER.sequence(oid, DER.set(of: []))],
        ]
        for attributes in lists {
            let info = DER.sequence(
                DER.integer(0), try Name(commonName: "a").der, key.publicKey.spki, DER.set(of: attributes, tag: 0xa0))
            let request = try key.signedStructure(info, .sha256)
            #expect(code { _ = try CertificateRequest(der: request) } == .duplicateAttribute)
        }
    }

    @Test("Extensions that cannot be read are not taken for none; an empty list is none")
    func damagedExtensions() throws {
        let key = try Samples.key.get()
        let oid = try DER.objectIdentifier("1.2.840.113549.1.9.14")
        let usage = DER.sequence(try DER.objectIdentifier("2.5.29.15"), DER.octetString([0xff]))
        let values: [([UInt8], PKIError.Code?)] = [
            (DER.sequence(), nil), (DER.sequence(DER.integer(1)), .malformed), (DER.integer(1), .malformed),
            (DER.printableString("x"), .malformed), (DER.sequence(usage), .malformed),
        ]
        for (value, expected) in values {
            let attributes = DER.set(of: [DER.sequence(oid, DER.set(of: [value]))], tag: 0xa0)
            let info = DER.sequence(DER.integer(0), try Name(commonName: "a").der, key.publicKey.spki, attributes)
            let request = try key.signedStructure(info, .sha256)
            #expect(code { _ = try CertificateRequest(der: request) } == expected)
        }
    }

    @Test func namesThatCannotBeWrittenAreRefused() throws {
        let bad: [GeneralName] = [.dns("münchen.example"), .dns(""), .ip([1, 2, 3]), .other("x"), .uri("a\nb")]
        for name in bad {
            #expect(
                code {
                    _ = try CertificateRequest(
                        subject: Name(commonName: "a"), key: Samples.key.get(), digest: .sha256, subjectAltNames: [name]
                    )
                } == .invalidInput, "\(name)")
        }
    }

    @Test(
        "I1: an IP address as common name becomes an iPAddress, all else a dNSName",
        arguments: [
            ("192.0.2.1", .ip([192, 0, 2, 1])), ("printer.example", .dns("printer.example")),
            ("2001:db8::1", .ip([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
            ("192.0.2", .dns("192.0.2")), ("192.0.2.256", .dns("192.0.2.256")), ("[::1]", .dns("[::1]")),
        ] as [(String, GeneralName)])
    func commonNameAsAlternativeName(_ text: String, _ expected: GeneralName) {
        #expect(GeneralName(commonName: text) == expected)
    }
}
