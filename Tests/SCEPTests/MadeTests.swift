import Foundation
import PKI
import Testing

@testable import SCEP

/// Envelopes that OpenSSL's own tools made (`Made/make.sh`), in forms that our own server side never sends.
@Suite struct MadeTests {
    /// Everything here is fixed, so that the envelopes fit in every run.
    private func transaction() throws -> (Transaction, OutgoingMessage, SampleRecipients) {
        let key = try Samples.key("requester")
        let random = CountingRandom()
        let request = try Samples.request()
        var transaction = try Transaction(
            csr: request, key: key, server: Samples.server(), now: Samples.now, random: random)
        let ca = try Samples.certificate("ca")
        let authority = try Authority(
            certificates: [ca], capabilities: Capabilities(unknown: .empty), trust: .unconfirmed, now: Samples.now)
        try transaction.adopt(authority, accepted: authority.fingerprint)
        let message = try transaction.makeRequest(key: key, random: random)
        return (transaction, message, SampleRecipients(ca: ca, key: try Samples.key("ca"), requesterKey: key))
    }

    struct SampleRecipients {
        let ca: Certificate
        let key: PrivateKey
        let requesterKey: PrivateKey
    }

    private func receive(_ envelope: String, allowsSingleDES: Bool = false) throws -> Outcome {
        var (transaction, message, server) = try transaction()
        let request = try RequestMessage(ber: message.bytes, recipients: [(server.ca, server.key)])
        var options = ReplyOptions.ndes
        options.envelope = try Samples.made(envelope)
        let body = try ReplyMessage(to: request, .success(server.ca, chain: []))
            .encoded(signer: server.ca, key: server.key, options: options, random: CountingRandom())
        var policy = ReplyPolicy()
        policy.allowsSingleDES = allowsSingleDES
        return try transaction.receive(
            TransportReply(status: 200, body: body), key: server.requesterKey, policy: policy, now: Samples.now)
    }

    @Test("Q9: the requester certificate depends on key, time and random numbers alone")
    func requester() throws {
        let certificate = try transaction().0.requesterCertificate
        #expect((try? Samples.certificate("requester")) == certificate, "requester.pem should be:\n\(certificate.pem)")
    }

    @Test(
        "R7, R8, R9, R20: OAEP, all ciphers, BER and a second recipient are opened",
        arguments: [
            "oaep.der", "oaep-sha256.der", "aes-128-cbc.der", "aes-192-cbc.der", "aes-256-cbc.der", "des-ede3-cbc.der",
            "indefinite.der", "two-recipients.der",
        ])
    func opened(_ envelope: String) throws {
        #expect(try receive(envelope).certificate == Samples.certificate("issued"))
    }

    @Test("R8: single DES is refused with its own code, and opened with the switch")
    func singleDES() throws {
        #expect(code { _ = try receive("des-cbc.der") } == .singleDESRefused)
        #expect(try receive("des-cbc.der", allowsSingleDES: true).certificate == Samples.certificate("issued"))
    }
}
