import PKI
import Testing

@testable import PracticeCA

@Suite("The query of a SCEP request")
struct SCEPQueryTests {
    @Test(
        "An operation is known by its name in any case",
        arguments: [
            ("operation=GetCACaps", SCEPQuery.Operation.getCACaps), ("operation=getcacert&message=0", .getCACert),
            ("message=x&operation=PKIOperation", .pkiOperation), ("OPERATION=PKIoperation", .pkiOperation),
        ])
    func operations(query: String, operation: SCEPQuery.Operation) throws {
        #expect(try SCEPQuery(query).operation == operation)
    }

    @Test("No operation, or one that SCEP does not know, is none", arguments: [nil, "", "operation=", "operation=Get"])
    func unknown(query: String?) throws {
        #expect(try SCEPQuery(query).operation == nil)
    }

    @Test("The first of two operations counts")
    func first() throws {
        #expect(try SCEPQuery("operation=GetCACaps&operation=PKIOperation").operation == .getCACaps)
    }

    /// `++++//8=` in Base64: every special character of the alphabet.
    private static let bytes: [UInt8] = [0xfb, 0xef, 0xbe, 0xff, 0xff]

    @Test(
        "Q10: the message of a GET is read as old clients write it",
        arguments: [
            "%2B%2B%2B%2B%2F%2F8%3D", "++++//8=", "%2b%2b%2b%2b%2f%2f8", "++++%0A//8=%0A", "++++%0D%0A//8=",
            "%20%20%20%20//8=",
        ])
    func message(text: String) throws {
        #expect(try SCEPQuery("operation=PKIOperation&message=\(text)").messageBytes() == Self.bytes)
    }

    @Test("A message that is no Base64 is refused", arguments: ["", "message=", "message=!!!!", "message=AAAAA"])
    func badMessage(query: String) throws {
        let query = try SCEPQuery(query)
        #expect(throws: PracticeCAError(.malformedRequest, "")) { try query.messageBytes() }
    }

    @Test("A broken percent sequence is refused", arguments: ["%", "%4", "%zz", "%+1"])
    func badPercent(text: String) {
        #expect(throws: PracticeCAError(.malformedRequest, "")) { try SCEPQuery("operation=\(text)") }
    }
}
