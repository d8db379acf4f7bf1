import PKI
import SCEP
import Testing

@testable import PracticeCA

@Suite("New certificates for the registration authority")
struct RenewedRATests {
    private let temporary = TemporaryFolder()

    private func enrolment(renewed: Bool) throws -> Enrolment {
        try Enrolment(temporary) {
            $0.profile = .ndes
            $0.approval = .manual
            $0.renewsRegistrationAuthority = renewed
        }
    }

    @Test("The CA stays, its registration authority has other certificates and keys")
    func files() throws {
        let before = try enrolment(renewed: false).responder.authority
        let after = try enrolment(renewed: true).responder.authority
        #expect(after.certificate == before.certificate)
        #expect(Set(after.published).intersection(before.published) == [before.certificate])
        #expect(try enrolment(renewed: false).responder.authority.published == after.published)
    }

    @Test("A request that waits is polled for with the new certificates; with the old ones it cannot be opened")
    func waiting() async throws {
        let before = try enrolment(renewed: false)
        var transaction = try await before.begin()
        #expect(try await before.request(&transaction) == .pending)
        let book = try EnrolmentBook(temporary.open())
        try book.approve(id: try #require(try book.waiting().first).id)

        let after = try enrolment(renewed: true)
        let deadline = ContinuousClock.now + .seconds(30)
        let key = try Keys.device.get()
        let authority = try await after.client.authority(
            capabilities: after.client.capabilities(deadline: deadline), trust: .accepted(after.accepted), now: noon,
            deadline: deadline)
        let poll = try transaction.makePoll(key: key, random: SystemRandom())
        let reply = try await after.client.send(poll, deadline: deadline)
        #expect(throws: SCEPError(.unknownSigner, "", requestMayHaveArrived: true)) {
            try transaction.receive(reply, key: key, now: noon)
        }
        var refused = transaction
        try refused.adopt(authority, accepted: after.accepted)
        guard case .failed(let failure) = try refused.receive(reply, key: key, now: noon) else {
            Issue.record("opened")
            return
        }
        #expect(failure.failInfo == .badMessageCheck)
        try transaction.adopt(authority, accepted: after.accepted)
        guard case .issued = try await after.poll(&transaction) else {
            Issue.record("not issued")
            return
        }
    }
}
