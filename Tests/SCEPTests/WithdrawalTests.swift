import Foundation
import PKI
import Testing

@testable import SCEP

/// What becomes of a transaction whose message never left, such as after a connection that was refused.
@Suite struct WithdrawalTests {
    private func stored(_ transaction: Transaction) throws -> Transaction {
        try JSONDecoder().decode(Transaction.self, from: JSONEncoder().encode(transaction))
    }

    @Test("A request that never left counts as never made: another CA's answer may change how it is made anew")
    func request() throws {
        var enrolment = try Enrolment()
        enrolment.transaction = try stored(enrolment.transaction)
        enrolment.transaction.withdraw()
        enrolment.transaction = try stored(enrolment.transaction)
        #expect(enrolment.transaction.state == .ready && enrolment.transaction.request == nil)
        #expect(enrolment.transaction.messagesMade == 0 && enrolment.transaction.unanswered == 0)

        let old = try Authority(
            certificates: [enrolment.ca.certificate], capabilities: Capabilities(unknown: .empty),
            trust: .unconfirmed, now: Samples.now)
        try enrolment.transaction.adopt(old, accepted: old.fingerprint)
        let message = try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random)
        #expect(message.method == .get && message.bytes != enrolment.message.bytes)
        let reply = try enrolment.reply(.success(enrolment.issued(), chain: []), to: message)
        #expect(try enrolment.receive(reply).certificate == enrolment.issued())
    }

    @Test("P5: when an earlier copy may have arrived, a resend that never left changes nothing: the bytes stay")
    func resend() throws {
        var enrolment = try Enrolment()
        _ = try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random)
        enrolment.transaction.withdraw()
        enrolment.transaction = try stored(enrolment.transaction)
        #expect(enrolment.transaction.state == .requestBuilt)
        #expect(enrolment.transaction.messagesMade == 1 && enrolment.transaction.unanswered == 1)
        // The message before it is not withdrawn along with it.
        enrolment.transaction.withdraw()
        #expect(enrolment.transaction.messagesMade == 1)
        #expect(
            try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random) == enrolment.message)
        #expect(try enrolment.receive(enrolment.success()).certificate != nil)
    }

    @Test("P1: a poll that never left counts as never made, and the request stays deferred")
    func poll() throws {
        var enrolment = try Enrolment()
        _ = try enrolment.receive(enrolment.reply(.pending))
        // Nothing is under way.
        enrolment.transaction.withdraw()
        #expect(enrolment.transaction.messagesMade == 1)
        _ = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
        enrolment.transaction = try stored(enrolment.transaction)
        enrolment.transaction.withdraw()
        enrolment.transaction = try stored(enrolment.transaction)
        #expect(enrolment.transaction.state == .pending(polls: 0))
        #expect(enrolment.transaction.messagesMade == 1 && enrolment.transaction.unanswered == 0)
        #expect(enrolment.transaction.request == enrolment.message)
        let poll = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
        let reply = try enrolment.reply(.success(enrolment.issued(), chain: []), to: poll)
        #expect(try enrolment.receive(reply).certificate == enrolment.issued())
    }

    @Test("A transaction that has not begun, or has ended, has nothing to withdraw")
    func nothing() throws {
        var enrolment = try Enrolment()
        var ready = try Transaction(
            csr: enrolment.request, key: enrolment.key, server: Samples.server(), now: Samples.now,
            random: CountingRandom())
        let before = ready
        ready.withdraw()
        #expect(ready == before)
        _ = try enrolment.receive(enrolment.success())
        let ended = enrolment.transaction
        enrolment.transaction.withdraw()
        #expect(enrolment.transaction == ended)
    }

    @Test("P4: for a server that does not know CertPoll a poll is the request again, byte for byte, after storage too")
    func pollByRequest() throws {
        var enrolment = try Enrolment()
        _ = try enrolment.receive(enrolment.reply(.pending))
        #expect(!enrolment.transaction.pollsByRequest)
        enrolment.transaction.pollByRequest()
        enrolment.transaction = try stored(enrolment.transaction)
        #expect(enrolment.transaction.pollsByRequest)
        for _ in 0..<2 {
            let poll = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
            #expect(poll == enrolment.message)
            #expect(try enrolment.receive(enrolment.reply(.pending)) == .pending)
        }
        #expect(enrolment.transaction.state == .pending(polls: 0))
        _ = try enrolment.transaction.makePoll(key: enrolment.key, random: enrolment.random)
        #expect(try enrolment.receive(enrolment.success()).certificate == enrolment.issued())
    }

    @Test("I7: a transaction after one that may have been granted unread leaves its key in doubt, after storage too")
    func doubt() throws {
        func follower(of former: Transaction, refused: Bool) throws -> Bool {
            let enrolment = try Enrolment()
            var next = try Transaction(
                csr: enrolment.request, key: enrolment.key, server: Samples.server(), attempt: 1, now: Samples.now,
                random: CountingRandom())
            #expect(!next.isKeyInDoubt)
            next.follow(former, refused: refused)
            var third = try Transaction(
                csr: enrolment.request, key: enrolment.key, server: Samples.server(), attempt: 2, now: Samples.now,
                random: CountingRandom())
            third.follow(next, refused: true)
            #expect(third.isKeyInDoubt == next.isKeyInDoubt)
            return try stored(next).isKeyInDoubt
        }
        var enrolment = try Enrolment()
        #expect(try !follower(of: enrolment.transaction, refused: true), "the one message was refused")
        #expect(try follower(of: enrolment.transaction, refused: false))
        _ = try enrolment.transaction.makeRequest(key: enrolment.key, random: enrolment.random)
        #expect(try follower(of: enrolment.transaction, refused: true), "the first of two was not answered")
        enrolment.transaction.withdraw()
        #expect(try !follower(of: enrolment.transaction, refused: true))
    }
}
