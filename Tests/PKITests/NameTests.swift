import Testing

@testable import PKI

@Suite struct NameTests {
    @Test func organizationComesBeforeCommonNameAndIsWrittenAfterIt() throws {
        let name = try Name(organization: "Example", commonName: "device")
        #expect(name.organization == "Example")
        #expect(name.commonName == "device")
        #expect(name.description == "CN=device,O=Example")
        #expect(try Name(der: name.der) == name)
        #expect(try Name(organization: "", commonName: "device").description == "CN=device")
    }

    @Test(
        "RFC 4514: special characters are escaped, and what could deceive the reader too",
        arguments: [
            ("a,b", "CN=a\\,b"), ("a+b=c", "CN=a\\+b=c"), ("#a", "CN=\\#a"), (" a ", "CN=\\ a\\ "),
            ("<\"\\;>", "CN=\\<\\\"\\\\\\;\\>"), ("日本", "CN=日本"), ("a\u{202e}b", "CN=a\\E2\\80\\AEb"),
        ])
    func escaping(_ text: String, _ expected: String) throws {
        let name = try Name(commonName: text)
        #expect(name.commonName == text)
        #expect(name.description == expected)
    }

    @Test func controlCharactersInAReceivedNameAreEscaped() throws {
        let made = try Name(commonName: "aXbYc").der
        let hostile = made.replacing([0x58], by: [0x0a]).replacing([0x59], by: [0x00])
        let name = try Name(der: hostile)
        #expect(name.commonName == "a\nb\0c")
        #expect(name.description == "CN=a\\0Ab\\00c")
    }

    @Test func allAttributesAreWrittenAndLimited() throws {
        let name = try Name(attributes: [
            (.country, "JP"), (.stateOrProvince, "Tokyo"), (.locality, "Ota"), (.organization, "Example"),
            (.organizationalUnit, "Unit"), (.domainComponent, "example"), (.serialNumber, "42"), (.commonName, "a"),
            (.emailAddress, "a@example"),
        ])
        #expect(
            name.description
                == "emailAddress=a@example,CN=a,serialNumber=42,DC=example,OU=Unit,O=Example,L=Ota,ST=Tokyo,C=JP")
        for attribute in Name.Attribute.allCases {
            let longest = String(repeating: "a", count: attribute.maximumLength)
            #expect(throws: Never.self) { try Name(attributes: [(attribute, longest)]) }
            for text in ["", longest + "a", "a\n"] {
                #expect(code { _ = try Name(attributes: [(attribute, text)]) } == .invalidInput, "\(attribute)")
            }
        }
    }

    @Test func lengthsCountCharactersNotBytes() throws {
        #expect(throws: Never.self) { try Name(commonName: String(repeating: "日", count: 64)) }
        #expect(code { _ = try Name(commonName: String(repeating: "日", count: 65)) } == .invalidInput)
    }

    @Test func matchingIgnoresCaseSpacesAndStringType() throws {
        let name = try Name(organization: "Example Corp", commonName: "device")
        let same = try Name(organization: "EXAMPLE  corp", commonName: "Device")
        #expect(name != same)
        #expect(name.matches(same))
        #expect(!name.matches(try Name(commonName: "device")))
    }

    @Test func anEmptyNameIsReadAndBytesAfterTheEndAreNot() throws {
        #expect(try Name(der: [0x30, 0]).isEmpty)
        #expect(try Name(der: [0x30, 0]).commonName == nil)
        for bytes in [[], [0x30], [0x30, 0, 0], [0x31, 0], [0x30, 0x82, 0xff]] as [[UInt8]] {
            #expect(code { _ = try Name(der: bytes) } == .malformed)
        }
    }

    @Test func partsOfOneRelativeNameStayTogether() throws {
        // SET { O=b, CN=a } as one relative distinguished name.
        let multi: [UInt8] =
            [0x30, 0x16, 0x31, 0x14] + [0x30, 8, 6, 3, 0x55, 4, 3, 0x13, 1, 0x61]
            + [0x30, 8, 6, 3, 0x55, 4, 10, 0x13, 1, 0x62]
        #expect(try Name(der: multi).description == "CN=a+O=b")
    }

    @Test func issuerAndSubjectKeepTheirOrder() throws {
        let pair = IssuerAndSubject(issuer: try Name(commonName: "CA"), subject: try Name(commonName: "device"))
        let read = try IssuerAndSubject(der: pair.der)
        #expect(read.issuer.commonName == "CA")
        #expect(read.subject.commonName == "device")
        for bytes in [[], pair.der + [0], Array(pair.der.dropLast()), [0x30, 0x84, 0xff, 0xff, 0xff, 0xff]] as [[UInt8]]
        {
            #expect(code { _ = try IssuerAndSubject(der: bytes) } == .malformed)
        }
    }
}
