import FoundationEssentials
import PKI
import SCEP
import Testing

@testable import Machine

/// What becomes of a request that is kept while the server's RA gets new certificates.
@Suite("Renewed RA certificates") struct RenewedRATests {
    /// A machine whose first request got this answer from a server with an RA, which has been renewed since.
    private func kept(_ answer: TestServer.Answer) async throws -> (TestMachine, IssuanceID) {
        let test = try await TestMachine()
        try test.server.renewRA()
        try await test.configure()
        test.server.answerNext(answer)
        let progress = try #require(try await test.request())
        #expect(progress.state == .waiting)
        try test.server.renewRA()
        return (test, progress.id)
    }

    private func check(_ test: TestMachine, _ id: IssuanceID) async throws -> IssuanceProgress {
        try await test.machine.checkAgain(id, by: TestMachine.manager)
        await test.machine.waitForIssuances()
        return try #require(try await test.machine.issuance(id))
    }

    /// What was asked since the request.
    private func operations(_ test: TestMachine) -> [String] { Array(test.server.operations.dropFirst(3)) }

    @Test("A deferred request gets its certificate: the RA's new certificates are asked for once, and a poll made anew")
    func deferred() async throws {
        let (test, id) = try await kept(.deferRequest)
        #expect(try await check(test, id).state == .succeeded)
        #expect(operations(test) == ["PKIOperation", "GetCACert", "PKIOperation"])
        #expect(test.server.kinds == [.enrolment, .poll])
        #expect(test.server.unopened == 1)
    }

    @Test("Still deferred, it stays so; the new certificates are known from then on")
    func stillDeferred() async throws {
        let (test, id) = try await kept(.deferRequest)
        test.server.answer(.deferRequest)
        let progress = try await check(test, id)
        #expect((progress.state, progress.history?.cause) == (.waiting, .deferred))
        try await test.restart()
        test.server.answer(.issue)
        #expect(try await check(test, id).state == .succeeded)
        #expect(operations(test) == ["PKIOperation", "GetCACert", "PKIOperation", "PKIOperation"])
        #expect(test.server.unopened == 1)
    }

    @Test("A server that still opens what was sealed for the old certificate is read anew: nothing is sent twice")
    func onlySignerRenewed() async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.answerNext(.deferRequest)
        let id = try #require(try await test.request()?.id)
        try test.server.renewRA(opensOld: true)
        #expect(try await check(test, id).state == .succeeded)
        #expect(operations(test) == ["PKIOperation", "GetCACert"])
    }

    @Test(
        "A poll that cannot be opened is made anew after HTTP 500 and after a web page too",
        arguments: [
            TransportReply(status: 500, body: [UInt8]("not recipient".utf8)),
            TransportReply(status: 200, body: [UInt8]("<html>".utf8)),
        ])
    func unsignedRefusal(reply: TransportReply) async throws {
        let (test, id) = try await kept(.deferRequest)
        test.server.answerUnopened(with: reply)
        #expect(try await check(test, id).state == .succeeded)
        #expect(test.server.kinds == [.enrolment, .poll])
    }

    @Test("P5: a request whose reply was lost goes out as the same bytes first, and anew when it cannot be opened")
    func lostReply() async throws {
        let (test, id) = try await kept(.loseReply)
        #expect(try await check(test, id).state == .succeeded)
        #expect(operations(test) == ["PKIOperation", "GetCACert", "PKIOperation"])
        #expect(test.server.kinds == [.enrolment, .enrolment])
        #expect(test.server.unopened == 1)
        #expect(Set(test.server.requests).count == 2)
        #expect(Set(test.server.csrs.map(\.der)).count == 1)
        #expect(test.server.issued.count == 1)
    }

    @Test("P5: a request made anew is stored before it is sent, and is sent again as those bytes")
    func lostAgain() async throws {
        let (test, id) = try await kept(.loseReply)
        test.server.answerNext(.loseReply)
        #expect(try await check(test, id).history?.cause == .connectionClosed)
        #expect(try await check(test, id).state == .succeeded)
        #expect(test.server.unopened == 1)
        #expect(test.server.requests.count == 3 && Set(test.server.requests).count == 2)
    }

    @Test("P5: the bytes stay for an HTTP error, which proves nothing", arguments: [500, 503])
    func unsignedRefusalOfRequest(status: Int) async throws {
        let (test, id) = try await kept(.loseReply)
        test.server.answerUnopened(with: TransportReply(status: status, body: []))
        for _ in 1...2 {
            let progress = try await check(test, id)
            #expect((progress.state, progress.history?.details) == (.waiting, .httpStatus(status)))
        }
        #expect(operations(test) == ["PKIOperation", "PKIOperation"])
    }

    @Test("I7: what is refused when it was made anew is kept: the first one may have been granted")
    func refusedAnew() async throws {
        let (test, id) = try await kept(.loseReply)
        test.server.answer(.refuse(2))
        let progress = try await check(test, id)
        #expect((progress.state, progress.history?.details) == (.waiting, .failInfo(2)))
        #expect(test.server.requests.count == 2)
    }

    @Test("A refusal with the certificates that are known is one; they are asked for once, never in a loop")
    func refused() async throws {
        let test = try await TestMachine()
        try test.server.renewRA()
        try await test.configure()
        test.server.answerNext(.deferRequest, .refuse(1))
        let id = try #require(try await test.request()?.id)
        let progress = try await check(test, id)
        #expect((progress.state, progress.history?.details) == (.failed, .failInfo(1)))
        #expect(operations(test) == ["PKIOperation", "GetCACert"])
    }

    @Test("C6: when another CA answers, nothing of it is taken, and the request is kept")
    func otherCA() async throws {
        let (test, id) = try await kept(.deferRequest)
        try test.server.replaceCA()
        try test.server.renewRA()
        for _ in 1...2 {
            let progress = try await check(test, id)
            #expect((progress.state, progress.history?.cause) == (.waiting, .replySignerUnknown))
        }
        let once = ["PKIOperation", "GetCACert"]
        #expect(operations(test) == once + once)
    }

    @Test("An RA whose certificate has run out is named, and its successor is found")
    func expired() async throws {
        let test = try await TestMachine()
        try test.server.renewRA(signing: TestClock.start - 86400..<TestClock.start + 86400)
        try await test.configure()
        test.server.answer(.deferRequest)
        let id = try #require(try await test.request()?.id)
        test.clock.advance(minutes: 2 * 1440)
        #expect(try await check(test, id).history?.cause == .raExpired)
        try test.server.renewRA(opensOld: true)
        test.server.answer(.issue)
        #expect(try await check(test, id).state == .succeeded)
    }

    @Test("T3: certificates that cannot be fetched leave an automatic request to the next poll")
    func notFetched() async throws {
        let test = try await TestMachine()
        try test.server.renewRA()
        try await test.configure()
        try await test.schedule()
        test.server.answerNext(.deferRequest)
        try await test.tick(afterMinutes: 60)
        try test.server.renewRA()
        test.server.hook.withLock { [server = test.server] in
            $0 = { if $0 == "GetCACert" { server.setUnreachable(true) } }
        }
        try await test.tick(afterMinutes: 5)
        let progress = try #require(try await test.machine.currentIssuance())
        #expect((progress.state, progress.history?.cause) == (.polling, .notConnected))
        test.server.hook.withLock { $0 = { _ in } }
        test.server.setUnreachable(false)
        try await test.tick(afterMinutes: 5)
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
    }
}
