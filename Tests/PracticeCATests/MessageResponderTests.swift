import FoundationEssentials
import HTTP
import PKI
import SCEP
import Testing

@testable import PracticeCA

@Suite("Requests that are not as they should be")
struct MessageResponderTests {
    private let temporary = TemporaryFolder()

    private func answer(_ message: [UInt8], acceptsSingleDES: Bool = false) async throws -> Response {
        let enrolment = try Enrolment(temporary) { $0.acceptsSingleDES = acceptsSingleDES }
        return await enrolment.responder.respond(
            to: Request(method: .post, path: "/scep", query: "operation=PKIOperation", body: message))
    }

    private func authority() throws -> Certificate {
        try CertificateAuthority(
            temporary.open(), profile: .rfc, now: noon, random: SystemRandom(), makeKey: Keys.forAuthority
        ).certificate
    }

    @Test("A request in single DES is a badAlg without --accept-single-des, and served with it")
    func singleDES() async throws {
        let request = try makeRequest(key: Keys.device.get())
        let message = try CraftedMessage.signed(
            EnvelopedData.encryptWithSingleDES(request.der, to: authority()), type: .pkcsReq)
        #expect(try await CraftedMessage.failInfo(answer(message).body) == .badAlg)
        #expect(try EnrolmentBook(temporary.open()).issued().isEmpty)
        #expect(try await CraftedMessage.failInfo(answer(message, acceptsSingleDES: true).body) == nil)
        #expect(try EnrolmentBook(temporary.open()).issued().count == 1)
    }

    @Test("A request for another CA is a badMessageCheck")
    func otherRecipient() async throws {
        let request = try makeRequest(key: Keys.device.get())
        let message = try CraftedMessage.signed(
            EnvelopedData.encrypt(request.der, to: makeRequester(key: Keys.other.get()), cipher: .aes128CBC),
            type: .pkcsReq)
        #expect(try await CraftedMessage.failInfo(answer(message).body) == .badMessageCheck)
    }

    @Test("Content that is no PKCS#10 request is a badRequest")
    func badContent() async throws {
        let message = try CraftedMessage.signed(
            EnvelopedData.encrypt([0x30, 0], to: authority(), cipher: .aes128CBC), type: .pkcsReq)
        #expect(try await CraftedMessage.failInfo(answer(message).body) == .badRequest)
    }

    @Test("GetCert and GetCRL, which are not offered, are a badRequest", arguments: [MessageType.getCert, .getCRL])
    func notOffered(type: MessageType) async throws {
        let message = try CraftedMessage.signed(
            EnvelopedData.encrypt([0x30, 0], to: authority(), cipher: .aes128CBC), type: type)
        #expect(try await CraftedMessage.failInfo(answer(message).body) == .badRequest)
    }

    @Test("A message that cannot be read, or whose signature is wrong, is HTTP 400")
    func unreadable() async throws {
        let request = try makeRequest(key: Keys.device.get())
        var message = try CraftedMessage.signed(
            EnvelopedData.encrypt(request.der, to: authority(), cipher: .aes128CBC), type: .pkcsReq)
        message[message.count - 1] ^= 1
        for bytes in [message, [], [0x30, 0x80], [UInt8](repeating: 0x30, count: 1000)] {
            #expect(try await answer(bytes).status.code == 400)
        }
        #expect(try EnrolmentBook(temporary.open()).issued().isEmpty)
    }
}
