import FoundationEssentials
import HTTP
import PKI
import SCEP
import Testing

@testable import PracticeCA

@Suite("The two profiles, as the product's engine meets them")
struct ProfileTests {
    private let temporary = TemporaryFolder()

    @Test("A certificate is issued to a key", arguments: Profile.allCases)
    func issued(profile: Profile) async throws {
        let enrolment = try Enrolment(temporary) { $0.profile = profile }
        var transaction = try await enrolment.begin()
        guard case .issued(let issued) = try await enrolment.request(&transaction) else {
            Issue.record("not issued")
            return
        }
        #expect(try issued.certificate.matches(Keys.device.get()))
        #expect(issued.certificate.subjectAltNames == [.dns("device.example"), .ip([192, 0, 2, 7])])
        #expect(issued.differences.isEmpty)
        #expect(issued.chain.last.map { Fingerprint(of: $0) } == enrolment.accepted)
    }

    @Test("N1: NDES on IIS 10 takes POST and 3DES, and its reply has an HRESULT in a failure")
    func ndes() async throws {
        let enrolment = try Enrolment(temporary) { $0.profile = .ndes }
        var transaction = try await enrolment.begin(challenge: "wrong")
        #expect(transaction.choice == AlgorithmChoice(cipher: .des3CBC, digest: .sha256, method: .post))
        #expect(transaction.authority?.certificates.count == 3)
        guard case .failed(let failure) = try await enrolment.request(&transaction) else {
            Issue.record("a wrong challenge is not refused")
            return
        }
        #expect(failure == Failure(failInfo: .badRequest, microsoftStatus: -2_147_024_809))
    }

    @Test("RFC: a failure explains itself in text")
    func rfc() async throws {
        let enrolment = try Enrolment(temporary)
        var transaction = try await enrolment.begin(challenge: nil)
        #expect(transaction.choice == AlgorithmChoice(cipher: .aes128CBC, digest: .sha256, method: .post))
        guard case .failed(let failure) = try await enrolment.request(&transaction) else {
            Issue.record("a missing challenge is not refused")
            return
        }
        #expect(
            failure == Failure(failInfo: .badRequest, text: "The challenge password is wrong or spent."))
    }

    @Test("P1: a request waits for approval by hand and is then found by CertPoll", arguments: Profile.allCases)
    func approval(profile: Profile) async throws {
        let enrolment = try Enrolment(temporary) {
            $0.profile = profile
            $0.approval = .manual
        }
        var transaction = try await enrolment.begin()
        #expect(try await enrolment.request(&transaction) == .pending)
        #expect(try await enrolment.poll(&transaction) == .pending)
        let book = try EnrolmentBook(temporary.open())
        try book.approve(id: book.waiting()[0].id)
        guard case .issued = try await enrolment.poll(&transaction) else {
            Issue.record("not issued")
            return
        }
    }

    @Test("C1, C11: the capability lists are those of the profile")
    func capabilities() async throws {
        let rfc = try await get(.rfc, "/scep", "operation=GetCACaps")
        #expect(
            String(decoding: rfc.body, as: UTF8.self)
                == "AES\nDES3\nSHA-1\nSHA-256\nSHA-512\nSCEPStandard\nPOSTPKIOperation\nRenewal\n")
        let ndes = try await get(.ndes, "/certsrv/mscep/mscep.dll", "operation=GetCACaps")
        #expect(
            String(decoding: ndes.body, as: UTF8.self)
                == "POSTPKIOperation\r\nRenewal\r\nSHA-512\r\nSHA-256\r\nSHA-1\r\nDES3")
        #expect(ndes.fields[.server] == "Microsoft-IIS/10.0")
    }

    @Test(
        "The service is where old clients look for it",
        arguments: [
            (Profile.rfc, "/scep/pkiclient.exe"), (.rfc, "/cgi-bin/pkiclient.exe"),
            (.ndes, "/CertSrv/mscep/mscep.dll"), (.ndes, "/certsrv/mscep/mscep.dll/pkiclient.exe"),
        ])
    func paths(profile: Profile, path: String) async throws {
        #expect(try await get(profile, path, "operation=GetCACaps").status == .ok)
    }

    @Test(
        "Anything else is refused with a status",
        arguments: [
            ("/", "operation=GetCACaps", 404), ("/SCEP", "operation=GetCACaps", 404),
            ("/certsrv/mscep_admin/", nil, 404), ("/scep", "operation=GetNextCACert", 404),
            ("/scep", "operation=PKIOperation", 400), ("/scep", "operation=PKIOperation&message=AAAA", 400),
            ("/scep", "operation=%zz", 400), ("/scep", nil, 200),
        ])
    func refused(path: String, query: String?, status: Int) async throws {
        #expect(try await get(.rfc, path, query).status.code == status)
    }

    @Test("N1: the administration page shows the present challenge and the CA's thumbprint")
    func administrationPage() async throws {
        let enrolment = try Enrolment(temporary) {
            $0.profile = .ndes
            $0.challenge = "<word>"
        }
        let page = await enrolment.responder.respond(to: Request(path: "/certsrv/mscep_admin"))
        let text = String(decoding: page.body, as: UTF8.self)
        #expect(text.contains("&lt;word&gt;"))
        #expect(text.replacing(" ", with: "").contains(enrolment.accepted.text.replacing(":", with: "")))
    }

    private func get(_ profile: Profile, _ path: String, _ query: String?) async throws -> Response {
        let enrolment = try Enrolment(temporary) { $0.profile = profile }
        return await enrolment.responder.respond(to: Request(path: path, query: query))
    }
}
