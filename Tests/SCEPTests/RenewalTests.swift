import Foundation
import PKI
import Testing

@testable import SCEP

@Suite struct RenewalTests {
    /// A certificate in service and a request for a new key.
    private struct Renewal {
        let ca: SampleCA
        let oldKey: PrivateKey
        let old: Certificate
        let newKey: PrivateKey
        let request: CertificateRequest
        let random = CountingRandom()
        var transaction: Transaction

        init(
            method: RenewalMethod, attempt: UInt32 = 0, validTo: Date = Samples.now + Samples.day,
            oldKey: PrivateKey? = nil, signingKey: PrivateKey? = nil
        ) throws {
            ca = try SampleCA()
            self.oldKey = try oldKey ?? Samples.key("requester")
            old = try ca.issue(to: Samples.request(key: self.oldKey), to: validTo)
            newKey = try Samples.key("ra-encryption")
            request = try Samples.request(key: newKey, challengePassword: nil)
            transaction = try Transaction(
                csr: request, renewing: old, key: signingKey ?? self.oldKey, method: method,
                server: Samples.server(), attempt: attempt, now: Samples.now)
        }

        mutating func adopt(_ capabilities: String = "SCEPStandard\nRenewal", server: String? = nil) throws {
            let authority = try Authority(
                certificates: [ca.certificate],
                capabilities: Capabilities(body: Array(capabilities.utf8), server: server),
                trust: .unconfirmed, now: Samples.now)
            try transaction.adopt(authority, accepted: authority.fingerprint)
        }

        mutating func store() throws {
            let again = try JSONDecoder().decode(Transaction.self, from: JSONEncoder().encode(transaction))
            #expect(again == transaction)
            transaction = again
        }

        func read(_ message: OutgoingMessage) throws -> RequestMessage {
            try RequestMessage(ber: message.bytes, recipients: [(ca.certificate, ca.key)])
        }

        func reply(_ result: ReplyMessage.Result, to message: OutgoingMessage) throws -> TransportReply {
            let body = try ReplyMessage(to: read(message), result)
                .encoded(signer: ca.certificate, key: ca.key, random: random)
            return TransportReply(status: 200, body: body)
        }
    }

    @Test(
        "P6: the renewal's request has its method's type, is signed with the old certificate and asks for the new key",
        arguments: [(RenewalMethod.renewalReq, MessageType.renewalReq), (.pkcsReq, .pkcsReq)])
    func request(method: RenewalMethod, type: MessageType) throws {
        var renewal = try Renewal(method: method)
        #expect(renewal.transaction.isRenewal && renewal.transaction.messageType == type)
        try renewal.adopt("SCEPStandard")
        try renewal.store()
        #expect(renewal.transaction.messageType == type)
        let message = try renewal.transaction.makeRequest(key: renewal.oldKey, random: renewal.random)
        let read = try renewal.read(message)
        #expect(read.messageType == type && message.type == type)
        #expect(read.requester == renewal.old)
        #expect(read.content == .certificateRequest(renewal.request))
        try renewal.store()
        #expect(renewal.transaction.request == message)
    }

    @Test(
        "P6: the automatic method takes RenewalReq where RFC 8894 is meant, and PKCSReq where an older draft is",
        arguments: [
            ("SCEPStandard\nRenewal", nil, MessageType.renewalReq),
            ("SCEPStandard\nRenewal", "Microsoft-IIS/10.0", .renewalReq),
            ("Renewal", nil, .renewalReq), ("Renewal", "Apache", .renewalReq),
            ("Renewal", "Microsoft-IIS/10.0", .pkcsReq), ("Renewal", "Microsoft-HTTPAPI/2.0", .pkcsReq),
            ("Renewal", "cisco-IOS", .pkcsReq), ("SCEPStandard", nil, .pkcsReq), ("", nil, .pkcsReq),
        ] as [(String, String?, MessageType)])
    func automatic(capabilities: String, server: String?, type: MessageType) throws {
        var renewal = try Renewal(method: .automatic)
        try renewal.adopt(capabilities, server: server)
        #expect(renewal.transaction.messageType == type)
        try renewal.store()
        let message = try renewal.transaction.makeRequest(key: renewal.oldKey, random: renewal.random)
        #expect(try renewal.read(message).messageType == type)
        // Settled: the server may say otherwise later on, the message stays.
        try renewal.adopt(type == .renewalReq ? "" : "SCEPStandard Renewal")
        #expect(renewal.transaction.messageType == type)
        #expect(try renewal.transaction.makeRequest(key: renewal.oldKey, random: renewal.random) == message)
    }

    @Test("The transaction ID of a renewal is that of the new key and the attempt")
    func transactionID() throws {
        let first = try Renewal(method: .renewalReq).transaction
        let second = try Renewal(method: .pkcsReq, attempt: 1).transaction
        let newKey = try Samples.key("ra-encryption").publicKey
        #expect(first.id == TransactionID(publicKey: newKey, attempt: 0))
        #expect(second.id == TransactionID(publicKey: newKey, attempt: 1))
        #expect(first.id != second.id)
    }

    @Test("P7: the reply to a renewal is encrypted to the old key: it opens with the old and not with the new one")
    func recipient() throws {
        var renewal = try Renewal(method: .renewalReq)
        try renewal.adopt()
        let message = try renewal.transaction.makeRequest(key: renewal.oldKey, random: renewal.random)
        try renewal.store()
        let issued = try renewal.ca.issue(to: renewal.request)
        let reply = try renewal.reply(.success(issued, chain: []), to: message)
        #expect(
            code { _ = try renewal.transaction.receive(reply, key: renewal.newKey, now: Samples.now) }
                == .decryptionFailed)
        let outcome = try renewal.transaction.receive(reply, key: renewal.oldKey, now: Samples.now)
        #expect(outcome.certificate == issued && issued.matches(renewal.newKey))
    }

    @Test("P1, P7: a deferred renewal is polled for with the old certificate")
    func poll() throws {
        var renewal = try Renewal(method: .renewalReq)
        try renewal.adopt()
        let message = try renewal.transaction.makeRequest(key: renewal.oldKey, random: renewal.random)
        _ = try renewal.transaction.receive(
            renewal.reply(.pending, to: message), key: renewal.oldKey, now: Samples.now)
        try renewal.store()
        #expect(
            code { _ = try renewal.transaction.makePoll(key: renewal.newKey, random: renewal.random) }
                == .cryptography)
        let poll = try renewal.transaction.makePoll(key: renewal.oldKey, random: renewal.random)
        let read = try renewal.read(poll)
        #expect(read.messageType == .certPoll && read.requester == renewal.old)
        #expect(read.transactionID == renewal.transaction.id && read.senderNonce != message.senderNonce)
        let issued = try renewal.ca.issue(to: renewal.request)
        let reply = try renewal.reply(.success(issued, chain: []), to: poll)
        #expect(
            try renewal.transaction.receive(reply, key: renewal.oldKey, now: Samples.now).certificate == issued)
    }

    @Test("P8: a certificate that is out of date renews nothing; one that ends this second still does")
    func expired() throws {
        #expect(code { _ = try Renewal(method: .renewalReq, validTo: Samples.now - 1) } == .notRenewable)
        #expect(code { _ = try Renewal(method: .renewalReq, validTo: Samples.now) } == nil)
    }

    @Test("A certificate with an elliptic-curve key, or with another key than the one given, renews nothing")
    func unfit() throws {
        let curve = try PrivateKey.generate(.p256)
        #expect(code { _ = try Renewal(method: .pkcsReq, oldKey: curve) } == .notRenewable)
        let stranger = try Samples.key("stranger")
        #expect(code { _ = try Renewal(method: .pkcsReq, signingKey: stranger) } == .notRenewable)
    }
}
