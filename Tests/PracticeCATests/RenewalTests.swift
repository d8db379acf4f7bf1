import FoundationEssentials
import PKI
import SCEP
import Testing

@testable import PracticeCA

@Suite("Renewal by the product's engine")
struct RenewalTests {
    private let temporary = TemporaryFolder()

    /// How a renewal by each method ends.
    static let ends: [(Profile, Set<Fault>, RenewalMethod, MessageType, Bool)] = [
        (.rfc, [], .automatic, .renewalReq, true), (.rfc, [], .pkcsReq, .pkcsReq, true),
        (.ndes, [], .automatic, .pkcsReq, true), (.ndes, [], .renewalReq, .renewalReq, false),
        (.rfc, [.refusesRenewalReq], .automatic, .renewalReq, false),
        (.rfc, [.refusesRenewalReq], .pkcsReq, .pkcsReq, true),
        (.rfc, [.refusesRenewal], .renewalReq, .renewalReq, false),
        (.rfc, [.refusesRenewal], .pkcsReq, .pkcsReq, false),
        (.rfc, [.renewalNeedsChallenge], .automatic, .renewalReq, false),
    ]

    @Test("P6, P7: a renewal without the challenge, by each method", arguments: ends)
    func renew(
        profile: Profile, faults: Set<Fault>, method: RenewalMethod, type: MessageType, isGranted: Bool
    ) async throws {
        let enrolment = try Enrolment(temporary) {
            $0.profile = profile
            $0.faults = faults
        }
        var renewal = try await enrolment.beginRenewal(method, challenge: nil)
        #expect(renewal.messageType == type)
        switch try await enrolment.request(&renewal) {
        case .issued(let issued):
            #expect(isGranted)
            #expect(try issued.certificate.matches(Keys.other.get()))
        case .failed(let failure):
            #expect(!isGranted && failure.failInfo == .badRequest)
        case .pending: Issue.record("pending")
        }
    }

    @Test(
        "P6: with the challenge a renewal is granted where one is asked for",
        arguments: [RenewalMethod.renewalReq, .pkcsReq])
    func challenge(method: RenewalMethod) async throws {
        let enrolment = try Enrolment(temporary) { $0.faults = [.renewalNeedsChallenge] }
        var renewal = try await enrolment.beginRenewal(method, challenge: "word")
        guard case .issued = try await enrolment.request(&renewal) else {
            Issue.record("not issued")
            return
        }
    }

    @Test(
        "P1, P7: a renewal that waits for approval is polled for with the old certificate", arguments: Profile.allCases)
    func deferred(profile: Profile) async throws {
        let enrolment = try Enrolment(temporary) {
            $0.profile = profile
            $0.approval = .manual
        }
        let book = try EnrolmentBook(temporary.open())
        var renewal = try await enrolment.beginRenewal(.automatic, challenge: nil) {
            try book.approve(id: book.waiting()[0].id)
        }
        #expect(try await enrolment.request(&renewal) == .pending)
        #expect(try await enrolment.poll(&renewal) == .pending)
        try book.approve(id: book.waiting()[0].id)
        guard case .issued(let issued) = try await enrolment.poll(&renewal) else {
            Issue.record("not issued")
            return
        }
        #expect(try issued.certificate.matches(Keys.other.get()))
    }
}
