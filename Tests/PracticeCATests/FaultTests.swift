import FoundationEssentials
import PKI
import SCEP
import Testing

@testable import PracticeCA

@Suite("Faults on demand, as the product's engine meets them")
struct FaultTests {
    /// How an enrolment ends.
    enum End: Equatable, Sendable {
        case issued
        case pending
        case failed(FailInfo?)
        case error(SCEPError.Code)
    }

    static let ends: [(Fault, End)] = [
        (.failInfo0, .failed(.badAlg)), (.failInfo1, .failed(.badMessageCheck)), (.failInfo2, .failed(.badRequest)),
        (.failInfo3, .failed(.badTime)), (.failInfo4, .failed(.badCertId)),
        (.http404, .error(.httpStatus(404))), (.http500, .error(.httpStatus(500))),
        (.htmlPage, .error(.notSCEPServer)), (.emptyReply, .error(.emptyReply)),
        (.closeConnection, .error(.transport(.closed))), (.lostReply, .error(.transport(.closed))),
        (.slowDrip, .error(.transport(.closed))),
        (.noCapabilities, .issued), (.wrongCA, .error(.authorityChanged)),
        (.wrongNonce, .error(.nonceMismatch)), (.noNonce, .error(.nonceMismatch)),
        (.wrongTransactionID, .error(.transactionIDMismatch)), (.wrongMessageType, .error(.wrongMessageType)),
        (.unknownStatus, .error(.unknownStatus)), (.strangerSigns, .error(.unknownSigner)),
        (.twoSigners, .error(.malformedReply)), (.noCertificates, .issued), (.zeroLengthContent, .issued),
        (.indefiniteLengths, .issued), (.singleDESReply, .error(.singleDESRefused)),
        (.strangerIsRecipient, .error(.notRecipient)), (.noIssuedCertificate, .error(.noIssuedCertificate)),
        (.bareCertificate, .issued), (.otherKey, .error(.noIssuedCertificate)), (.pendingForever, .pending),
        (.noCertPoll, .issued), (.failInfoText, .failed(.badRequest)), (.microsoftError, .failed(.badRequest)),
        (.truncatedReply, .error(.transport(.closed))), (.resetConnection, .error(.transport(.closed))),
        // A first enrolment is no renewal.
        (.renewalNeedsChallenge, .issued), (.refusesRenewalReq, .issued), (.refusesRenewal, .issued),
    ]

    @Test("Every fault is in the table")
    func complete() {
        #expect(Set(Self.ends.map(\.0)) == Set(Fault.allCases))
    }

    @Test("RFC profile: a fault is what its case says", arguments: ends)
    func rfc(fault: Fault, end: End) async throws {
        #expect(try await enrol([fault], profile: .rfc) == end)
    }

    @Test("NDES profile: a fault is what its case says", arguments: ends)
    func ndes(fault: Fault, end: End) async throws {
        #expect(try await enrol([fault], profile: .ndes) == end)
    }

    private func enrol(_ faults: Set<Fault>, profile: Profile) async throws -> End {
        let enrolment = try Enrolment(TemporaryFolder()) {
            $0.faults = faults
            $0.profile = profile
        }
        do {
            var transaction = try await enrolment.begin()
            switch try await enrolment.request(&transaction) {
            case .issued(let issued):
                #expect(try issued.certificate.matches(Keys.device.get()))
                return .issued
            case .pending: return .pending
            case .failed(let failure): return .failed(failure.failInfo)
            }
        } catch let error as SCEPError {
            return .error(error.code)
        }
    }

    @Test("C5: without capabilities a client falls back to GET and 3DES and is served")
    func fallback() async throws {
        let enrolment = try Enrolment(TemporaryFolder()) { $0.faults = [.noCapabilities] }
        let transaction = try await enrolment.begin()
        #expect(transaction.choice == AlgorithmChoice(cipher: .des3CBC, digest: .sha1, method: .get))
    }

    @Test("R1: zero-length content in FAILURE and PENDING is read", arguments: Profile.allCases)
    func zeroLength(profile: Profile) async throws {
        let temporary = TemporaryFolder()
        let enrolment = try Enrolment(temporary) {
            $0.faults = [.zeroLengthContent]
            $0.profile = profile
            $0.approval = .manual
        }
        var refused = try await enrolment.begin(challenge: "wrong")
        guard case .failed(let failure) = try await enrolment.request(&refused) else {
            Issue.record("a wrong challenge is not refused")
            return
        }
        #expect(failure.failInfo == .badRequest)
        var waiting = try await enrolment.begin()
        #expect(try await enrolment.request(&waiting) == .pending)
    }

    @Test("R8: a reply in single DES is opened with the client's switch")
    func singleDES() async throws {
        let enrolment = try Enrolment(TemporaryFolder()) { $0.faults = [.singleDESReply] }
        var transaction = try await enrolment.begin()
        var policy = ReplyPolicy()
        policy.allowsSingleDES = true
        guard case .issued = try await enrolment.request(&transaction, policy: policy) else {
            Issue.record("not issued")
            return
        }
    }

    @Test(
        "R2, R3: a FAILURE is explained in text, in Microsoft's way, or in both, whatever the profile",
        arguments: Profile.allCases, [[Fault.failInfoText], [.microsoftError], [.failInfoText, .microsoftError]])
    func explanation(profile: Profile, faults: [Fault]) async throws {
        let enrolment = try Enrolment(TemporaryFolder()) {
            $0.faults = Set(faults)
            $0.profile = profile
        }
        var transaction = try await enrolment.begin()
        guard case .failed(let failure) = try await enrolment.request(&transaction) else {
            Issue.record("not refused")
            return
        }
        #expect((failure.text != nil) == faults.contains(.failInfoText))
        if faults.contains(.microsoftError) {
            #expect(failure.microsoftStatus == Int32(bitPattern: 0x8009_4800))
            #expect(failure.microsoftMessage == "The certificate template is not supported.")
        }
    }

    @Test("R2: an explained FAILURE keeps the failInfo that another fault gives it")
    func explainedFailInfo() async throws {
        let enrolment = try Enrolment(TemporaryFolder()) { $0.faults = [.failInfo3, .failInfoText] }
        var transaction = try await enrolment.begin()
        guard case .failed(let failure) = try await enrolment.request(&transaction) else {
            Issue.record("not refused")
            return
        }
        #expect(failure.failInfo == .badTime && failure.text != nil)
    }

    @Test("P5: after a lost reply the same request gets the certificate")
    func lostReply() async throws {
        let temporary = TemporaryFolder()
        let enrolment = try Enrolment(temporary) { $0.faults = [.lostReply] }
        var transaction = try await enrolment.begin()
        await #expect(throws: SCEPError.self) { try await enrolment.request(&transaction) }
        #expect(try EnrolmentBook(temporary.open()).issued().count == 1)
        guard case .issued = try await enrolment.request(&transaction) else {
            Issue.record("not issued")
            return
        }
        #expect(try EnrolmentBook(temporary.open()).issued().count == 1)
    }

    @Test("P2: a request stays pending for ever, poll after poll")
    func pendingForever() async throws {
        let enrolment = try Enrolment(TemporaryFolder()) { $0.faults = [.pendingForever] }
        var transaction = try await enrolment.begin()
        for _ in 0..<3 {
            #expect(try await enrolment.request(&transaction) == .pending)
            #expect(try await enrolment.poll(&transaction) == .pending)
        }
    }

    @Test("P4: a server without CertPoll answers HTTP 500, and the request again when it is approved")
    func noCertPoll() async throws {
        let temporary = TemporaryFolder()
        let enrolment = try Enrolment(temporary) {
            $0.faults = [.noCertPoll]
            $0.approval = .manual
        }
        var transaction = try await enrolment.begin()
        #expect(try await enrolment.request(&transaction) == .pending)
        do {
            _ = try await enrolment.poll(&transaction)
            Issue.record("the poll was answered")
        } catch let error as SCEPError {
            #expect(error.code == .httpStatus(500))
        }
        let book = try EnrolmentBook(temporary.open())
        try book.approve(id: book.waiting()[0].id)
        guard case .issued = try await enrolment.request(&transaction) else {
            Issue.record("not issued")
            return
        }
    }
}
