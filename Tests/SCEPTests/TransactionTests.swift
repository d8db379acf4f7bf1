import Foundation
import PKI
import Testing

@testable import SCEP

@Suite struct TransactionTests {
    private func stored(_ transaction: Transaction) throws -> Transaction {
        try JSONDecoder().decode(Transaction.self, from: JSONEncoder().encode(transaction))
    }

    @Test("P3: a transaction comes back the same from storage in every state, and goes on from there")
    func states() throws {
        var enrolment = try Enrolment()
        let ready = try Transaction(
            csr: enrolment.request, key: enrolment.key, server: Samples.server(), now: Samples.now,
            random: CountingRandom())
        #expect(try stored(ready) == ready && ready.state == .ready)

        enrolment.transaction = try check(enrolment.transaction, .requestBuilt)
        _ = try enrolment.receive(enrolment.reply(.pending))
        enrolment.transaction = try check(enrolment.transaction, .pending(polls: 0))
        let poll = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
        enrolment.transaction = try check(enrolment.transaction, .pending(polls: 1))
        let outcome = try enrolment.receive(
            enrolment.reply(.success(enrolment.issued(), chain: []), to: poll))
        guard case .issued(let issued) = outcome else {
            Issue.record("not issued")
            return
        }
        _ = try check(enrolment.transaction, .issued(issued))

        var failing = try Enrolment()
        let failure = Failure(failInfo: .badTime, text: "clock", microsoftStatus: -1, microsoftMessage: "x")
        _ = try failing.receive(failing.reply(.failure(failure)))
        _ = try check(failing.transaction, .failed(failure))
    }

    private func check(_ transaction: Transaction, _ state: Transaction.State) throws -> Transaction {
        #expect(transaction.state == state)
        let again = try stored(transaction)
        #expect(again == transaction)
        return again
    }

    @Test(
        "P3: a transaction that was stored before renewals were known is read, and goes on",
        arguments: ["ready", "request-built", "pending"])
    func storedEarlier(name: String) throws {
        let data = try Data(Samples.made("stored/\(name).json"))
        var transaction = try JSONDecoder().decode(Transaction.self, from: data)
        #expect(!transaction.isRenewal && transaction.messageType == .pkcsReq && !transaction.pollsByRequest)
        var enrolment = try Enrolment()
        #expect(transaction.id == enrolment.transaction.id)
        if name == "ready" {
            try transaction.adopt(
                #require(enrolment.transaction.authority), accepted: Fingerprint(of: enrolment.ca.certificate))
        }
        let isPending = name == "pending"
        let message =
            isPending
            ? try transaction.makePoll(key: enrolment.key, random: enrolment.random)
            : try transaction.makeRequest(key: enrolment.key, random: enrolment.random)
        #expect(try enrolment.read(message).messageType == (isPending ? .certPoll : .pkcsReq))
        enrolment.transaction = transaction
        let reply = try enrolment.reply(.success(enrolment.issued(), chain: []), to: message)
        #expect(try enrolment.receive(reply).certificate == enrolment.issued())
    }

    @Test("P3: a damaged stored transaction is an error, not a wrong transaction")
    func damaged() throws {
        let data = try JSONEncoder().encode(Enrolment().transaction)
        let text = try #require(String(data: data, encoding: .utf8))
        let damages = [
            String(text.dropLast(3)), text.replacing("\"id\":\"", with: "\"id\":\"\\n"), "{}",
            text.replacing("\"csr\":\"MII", with: "\"csr\":\"MIJ"),
            text.replacing("\"requester\":\"MII", with: "\"requester\":\"!II"),
        ]
        for damage in damages {
            #expect(damage != text)
            #expect(throws: (any Error).self) {
                try JSONDecoder().decode(Transaction.self, from: Data(damage.utf8))
            }
        }
    }

    @Test("Every error code comes back the same from storage")
    func codes() throws {
        let codes: [SCEPError.Code] = [
            .transport(.timedOut), .httpStatus(503), .redirectToHTTPS, .emptyReply, .notSCEPServer, .authorityChanged,
            .singleDESRefused,
        ]
        for code in codes {
            #expect(try JSONDecoder().decode(SCEPError.Code.self, from: JSONEncoder().encode(code)) == code)
        }
    }

    @Test("P5: a resend of the PKCSReq is byte-identical, after storage too, and its reply is taken")
    func resend() throws {
        var enrolment = try Enrolment()
        #expect(
            try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random) == enrolment.message)
        enrolment.transaction = try stored(enrolment.transaction)
        #expect(
            try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random) == enrolment.message)
        #expect(enrolment.transaction.messagesMade == 3)
        #expect(try enrolment.receive(enrolment.success()).certificate == enrolment.issued())
    }

    @Test("P1: PENDING three times, then SUCCESS: same transaction ID, a new nonce each time, issuer before subject")
    func polling() throws {
        var enrolment = try Enrolment(withRA: true)
        _ = try enrolment.receive(enrolment.reply(.pending))
        var nonces = [enrolment.message.senderNonce]
        for number in 1...3 {
            let poll = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
            let read = try enrolment.read(poll)
            #expect(read.messageType == .certPoll && read.transactionID == enrolment.transaction.id)
            #expect(
                read.content
                    == .issuerAndSubject(
                        IssuerAndSubject(issuer: enrolment.ca.certificate.subject, subject: enrolment.request.subject)))
            #expect(!nonces.contains(poll.senderNonce))
            nonces.append(poll.senderNonce)
            #expect(enrolment.transaction.state == .pending(polls: number))
            let result: ReplyMessage.Result = number < 3 ? .pending : .success(try enrolment.issued(), chain: [])
            let outcome = try enrolment.receive(enrolment.reply(result, to: poll))
            #expect(number < 3 ? outcome == .pending : outcome.certificate != nil)
        }
    }

    @Test("P1: the reply to an earlier message is not the reply to the poll")
    func oldReply() throws {
        var enrolment = try Enrolment()
        let first = try enrolment.reply(.pending)
        _ = try enrolment.receive(first)
        _ = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
        #expect(code { _ = try enrolment.receive(first) } == .nonceMismatch)
    }

    @Test("R12: a server that repeats its senderNonce over polls is served")
    func repeatedNonce() throws {
        var enrolment = try Enrolment()
        var options = ReplyOptions()
        options.senderNonce = .value([1, 2, 3])
        #expect(try enrolment.receive(enrolment.reply(.pending, options)) == .pending)
        let poll = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
        #expect(try enrolment.receive(enrolment.reply(.pending, options, to: poll)) == .pending)
    }

    @Test("P2: PENDING, then FAILURE, ends the transaction")
    func pendingThenFailure() throws {
        var enrolment = try Enrolment()
        _ = try enrolment.receive(enrolment.reply(.pending))
        let poll = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
        let failure = Failure(failInfo: .badRequest, text: "rejected by operator")
        #expect(try enrolment.receive(enrolment.reply(.failure(failure), to: poll)) == .failed(failure))
        #expect(enrolment.transaction.isFinished)
        #expect(
            code { _ = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random) } == .wrongState
        )
        #expect(
            code { _ = try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random) }
                == .wrongState)
    }

    @Test("P4: to a server without CertPoll the same PKCSReq goes again, and the request stays pending meanwhile")
    func withoutPolling() throws {
        var enrolment = try Enrolment()
        _ = try enrolment.receive(enrolment.reply(.pending))
        _ = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
        let notImplemented = TransportReply(status: 500, body: Array("not implemented".utf8))
        #expect(
            code { _ = try enrolment.transaction.receive(notImplemented, key: enrolment.key, now: Samples.now) }
                == .httpStatus(500))
        #expect(
            try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random) == enrolment.message)
        #expect(enrolment.transaction.state == .pending(polls: 1))
        #expect(try enrolment.receive(enrolment.success()).certificate != nil)
    }

    @Test("Messages need an adopted authority, the right key and the right state")
    func misuse() throws {
        let enrolment = try Enrolment()
        let random = CountingRandom()
        var transaction = try Transaction(
            csr: enrolment.request, key: enrolment.key, server: Samples.server(), now: Samples.now, random: random)
        #expect(code { _ = try transaction.makeRequest(key: enrolment.key, random: random) } == .wrongState)
        #expect(code { _ = try transaction.makePoll(key: enrolment.key, random: random) } == .wrongState)
        let reply = TransportReply(status: 200, body: [1])
        #expect(code { _ = try transaction.receive(reply, key: enrolment.key, now: Samples.now) } == .wrongState)
        try transaction.adopt(
            #require(enrolment.transaction.authority), accepted: Fingerprint(of: enrolment.ca.certificate))
        let stranger = try Samples.key("stranger")
        #expect(code { _ = try transaction.makeRequest(key: stranger, random: random) } == .cryptography)
        #expect(transaction.state == .ready)
    }

    @Test("C6: an authority that was not accepted is not adopted, nor is another one later")
    func adoption() throws {
        var enrolment = try Enrolment(withRA: true)
        let stranger = try SampleCA("Other", keyName: "stranger")
        let other = try Authority(
            certificates: [stranger.certificate], capabilities: Capabilities(unknown: .empty), trust: .unconfirmed,
            now: Samples.now)
        #expect(
            code { try enrolment.transaction.adopt(other, accepted: Fingerprint(of: enrolment.ca.certificate)) }
                == .authorityNotAccepted)
        #expect(code { try enrolment.transaction.adopt(other, accepted: other.fingerprint) } == .authorityChanged)
        let renewed = try Authority(
            certificates: [enrolment.ca.certificate], capabilities: Capabilities(unknown: .empty),
            trust: .unconfirmed, now: Samples.now)
        let choice = enrolment.transaction.choice
        try enrolment.transaction.adopt(renewed, accepted: Fingerprint(of: enrolment.ca.certificate))
        #expect(enrolment.transaction.choice == choice && enrolment.transaction.request == enrolment.message)
    }

    @Test("P5: with a renewed RA the request is made anew only on demand: same content, same ID, another envelope")
    func renewedRA() throws {
        var enrolment = try Enrolment(withRA: true)
        func adopt(serial: [UInt8]) throws -> Certificate {
            let encryption = try enrolment.ca.issue(
                "RA encryption", keyName: "ra-encryption", usage: .keyEncipherment, serial: serial)
            let authority = try Authority(
                certificates: [enrolment.signing, encryption, enrolment.ca.certificate],
                capabilities: Capabilities(unknown: .empty), trust: .unconfirmed, now: Samples.now)
            try enrolment.transaction.adopt(authority, accepted: Fingerprint(of: enrolment.ca.certificate))
            enrolment.transaction = try stored(enrolment.transaction)
            return encryption
        }
        func remake() throws -> OutgoingMessage {
            try enrolment.transaction.remakeRequest(key: enrolment.key, random: enrolment.random)
        }
        _ = try adopt(serial: [4])
        #expect(!enrolment.transaction.isRequestOutdated)
        #expect(code { _ = try remake() } == .wrongState)
        _ = try adopt(serial: [14])
        let encryption = try adopt(serial: [24])
        #expect(enrolment.transaction.isRequestOutdated)
        #expect(
            try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random) == enrolment.message)

        enrolment.transaction.withdraw()
        let message = try remake()
        #expect(!enrolment.transaction.isRequestOutdated)
        #expect(enrolment.transaction.messagesMade == 2 && enrolment.transaction.unanswered == 2)
        #expect(message.senderNonce != enrolment.message.senderNonce && message.method == enrolment.message.method)
        let (old, new) = try (
            enrolment.read(enrolment.message),
            RequestMessage(ber: message.bytes, recipients: [(encryption, Samples.key("ra-encryption"))])
        )
        #expect(old.content == new.content && old.transactionID == new.transactionID && old.requester == new.requester)
        enrolment.transaction = try stored(enrolment.transaction)
        #expect(try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random) == message)
        // Back to the first one, as when a server is restored.
        _ = try adopt(serial: [4])
        #expect(enrolment.transaction.isRequestOutdated)
    }

    @Test(
        "P13: the challenge password is in no description, and in nothing that is stored once the transaction has ended"
    )
    func challenge() throws {
        var enrolment = try Enrolment()
        let words = [
            "\(enrolment.transaction)", String(reflecting: enrolment.transaction), dumped(enrolment.transaction),
        ]
        for text in words { #expect(!text.contains("secret123")) }
        let before = try JSONEncoder().encode(enrolment.transaction)
        #expect(try holdsChallenge(before, enrolment))
        _ = try enrolment.receive(enrolment.success())
        let after = try JSONEncoder().encode(enrolment.transaction)
        #expect(try !holdsChallenge(after, enrolment))
    }

    private func dumped(_ value: some Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }

    /// The request stands in the stored form as base64.
    private func holdsChallenge(_ data: Data, _ enrolment: Enrolment) throws -> Bool {
        let text = String(decoding: data, as: UTF8.self).replacing("\\/", with: "/")
        return text.contains(Base64.encode(enrolment.request.der))
    }
}
