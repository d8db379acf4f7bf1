import PKI
import Testing

@Suite struct SignedDataTests {
    @Test func aMessageIsSignedReadAndVerified() throws {
        let certificate = try Samples.certificate()
        let attributes = [
            SignedAttribute(oid: "2.16.840.1.113733.1.9.2", value: .printable("19")),
            SignedAttribute(oid: "2.16.840.1.113733.1.9.5", value: .octets([1, 2, 3])),
        ]
        let message = try SignedData.sign(
            [7, 8, 9], signer: certificate, key: Samples.key.get(), digest: .sha256, attributes: attributes,
            certificates: [certificate])
        let read = try SignedData(ber: message)
        #expect(read.content == [7, 8, 9])
        #expect(read.certificates == [certificate])
        #expect(read.signerCertificate(among: [try Samples.authority(), certificate]) == certificate)
        #expect(read.digest == .sha256)
        #expect(try read.attribute("2.16.840.1.113733.1.9.2") == .printable("19"))
        #expect(try read.attribute("2.16.840.1.113733.1.9.5") == .octets([1, 2, 3]))
        try read.verify(signer: certificate)
    }
}
