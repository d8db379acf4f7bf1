import FoundationEssentials
import PKI
import SCEP
import Testing

@testable import PracticeCA

@Suite("Who gets a certificate")
struct EnrolmentDeskTests {
    private let temporary = TemporaryFolder()

    /// A desk over the folder; a second one is a restart of the server.
    private func desk(
        _ approval: Approval = .automatic, profile: Profile = .rfc, faults: Set<Fault> = []
    ) throws -> EnrolmentDesk {
        let folder = try temporary.open()
        return try EnrolmentDesk(
            authority: CertificateAuthority(
                folder, profile: profile, now: noon, random: SystemRandom(), makeKey: Keys.forAuthority),
            book: EnrolmentBook(folder),
            challenges: ChallengeBook(
                folder, word: "word", isOneTime: profile.spendsChallenges, random: SystemRandom()),
            approval: approval, policy: IssuingPolicy(validityDays: 365),
            renewals: RenewalPolicy(profile: profile, faults: faults), random: SystemRandom(),
            now: { noon }, announce: { _ in })
    }

    private func enrol(
        _ desk: EnrolmentDesk, _ id: String = "T1", key: PrivateKey? = nil, challenge: String? = "word",
        signer: Certificate? = nil, type: MessageType = .pkcsReq
    ) throws -> Outcome {
        let key = try key ?? Keys.device.get()
        return try Outcome(
            desk.enrol(
                transactionID: id, request: makeRequest(key: key, challenge: challenge),
                requester: signer ?? makeRequester(key: key), type: type))
    }

    private func poll(_ desk: EnrolmentDesk, _ id: String = "T1", key: PrivateKey? = nil) throws -> Outcome {
        try Outcome(desk.poll(transactionID: id, requester: makeRequester(key: key ?? Keys.device.get())))
    }

    private func book() throws -> EnrolmentBook { try EnrolmentBook(temporary.open()) }

    @Test("A request with the right challenge is issued by the CA and stands in the issuing log")
    func issued() throws {
        let desk = try desk()
        let certificate = try #require(try enrol(desk).certificate)
        #expect(try certificate.matches(Keys.device.get()))
        let log = try book().issued()
        #expect(log.map(\.transactionID) == ["T1"])
        #expect(log.map(\.serialNumber) == [Hex.encode(certificate.serialNumber, uppercase: true)])
        #expect(log.map(\.issued) == [noon])
    }

    @Test("A wrong or missing challenge is a badRequest and leaves no trace", arguments: ["wrong", nil])
    func wrongChallenge(challenge: String?) throws {
        let desk = try desk()
        #expect(try enrol(desk, challenge: challenge) == .failed(.badRequest))
        #expect(try enrol(desk).certificate != nil)
        #expect(try book().issued().count == 1)
    }

    @Test("P5: a request sent again gets the same certificate, after a restart too", arguments: Profile.allCases)
    func lostReply(profile: Profile) throws {
        let first = try enrol(desk(profile: profile))
        #expect(first.certificate != nil)
        #expect(try enrol(desk(profile: profile)) == first)
        #expect(try book().issued().count == 1)
    }

    @Test("The same transaction ID with another key is a badRequest")
    func otherKey() throws {
        let desk = try desk()
        _ = try enrol(desk)
        #expect(try enrol(desk, key: Keys.other.get()) == .failed(.badRequest))
    }

    @Test("P1: a request waits until it is approved, across a restart, and is then issued")
    func approval() throws {
        #expect(try enrol(desk(.manual)) == .pending)
        #expect(try poll(desk(.manual)) == .pending)
        let waiting = try book().waiting()
        #expect(waiting.map(\.transactionID) == ["T1"])
        #expect(waiting.map(\.requested) == [noon])
        #expect(try book().issued().isEmpty)
        try book().approve(id: waiting[0].id)
        #expect(try book().waiting().isEmpty)
        let polled = try poll(desk(.manual))
        #expect(polled.certificate != nil)
        #expect(try poll(desk(.manual)) == polled)
        #expect(try enrol(desk(.manual)) == polled)
        #expect(try book().issued().count == 1)
    }

    @Test("P2: a denied request is a FAILURE at the next poll")
    func denial() throws {
        let desk = try desk(.manual)
        _ = try enrol(desk)
        try book().deny(id: book().waiting()[0].id)
        #expect(try poll(desk) == .failed(.badRequest))
    }

    @Test("Only a request that waits can be decided on, and only once")
    func decidedTwice() throws {
        _ = try enrol(desk(.manual))
        let id = try book().waiting()[0].id
        try book().approve(id: id)
        for unknown in [id, "", "0", "../requests"] {
            #expect(throws: PracticeCAError(.noSuchRequest, "")) { try book().deny(id: unknown) }
        }
    }

    @Test("A poll by anybody but the requester, or for nothing, is a badCertId")
    func strangePoll() throws {
        let desk = try desk(.manual)
        _ = try enrol(desk)
        #expect(try poll(desk, key: Keys.other.get()) == .failed(.badCertId))
        #expect(try poll(desk, "T2") == .failed(.badCertId))
    }

    /// What a renewal needs at a CA with this profile and these faults; nil where it is refused in any case.
    enum Price: Sendable { case nothing, challenge }

    static let prices: [(Profile, Set<Fault>, MessageType, Price?)] = [
        (.rfc, [], .renewalReq, .nothing), (.rfc, [], .pkcsReq, .nothing),
        (.ndes, [], .renewalReq, nil), (.ndes, [], .pkcsReq, .nothing),
        (.rfc, [.renewalNeedsChallenge], .renewalReq, .challenge),
        (.rfc, [.renewalNeedsChallenge], .pkcsReq, .challenge),
        (.ndes, [.renewalNeedsChallenge], .pkcsReq, .challenge),
        (.rfc, [.refusesRenewalReq], .renewalReq, nil), (.rfc, [.refusesRenewalReq], .pkcsReq, .nothing),
        (.rfc, [.refusesRenewal], .renewalReq, nil), (.rfc, [.refusesRenewal], .pkcsReq, nil),
        (.ndes, [.refusesRenewal], .pkcsReq, nil),
    ]

    @Test(
        "P6: what is signed with a certificate of this CA renews it, at the price that the CA asks", arguments: prices)
    func renewal(profile: Profile, faults: Set<Fault>, type: MessageType, price: Price?) throws {
        let desk = try desk(profile: profile, faults: faults)
        let old = try #require(try enrol(desk).certificate)
        let challenge = desk.challenge
        let free = try enrol(desk, "T2", key: Keys.other.get(), challenge: nil, signer: old, type: type)
        #expect((free.certificate != nil) == (price == .nothing))
        #expect(price == .nothing || free == .failed(.badRequest))
        #expect(desk.challenge == challenge)
        let paid = try enrol(desk, "T3", key: Keys.other.get(), challenge: challenge, signer: old, type: type)
        #expect((paid.certificate != nil) == (price != nil))
        #expect((desk.challenge != challenge) == (profile == .ndes && price == .challenge))
        // Whoever is refused can still begin anew.
        #expect(try enrol(desk, "T4", key: Keys.other.get(), challenge: desk.challenge).certificate != nil)
    }

    @Test("P8: a certificate that is out of date renews nothing, in either form")
    func expired() throws {
        let desk = try desk()
        let key = try Keys.device.get()
        let authority = try CertificateAuthority(
            temporary.open(), profile: .rfc, now: noon, random: SystemRandom(), makeKey: Keys.forAuthority)
        let old = try CertificateTemplate(
            subject: Name(commonName: "device.example"), publicKey: key.publicKey, serialNumber: [9],
            notBefore: noon.addingTimeInterval(-86400), notAfter: noon.addingTimeInterval(-1)
        ).issued(by: authority.certificate, key: authority.ca.key, digest: .sha256)
        for type in [MessageType.renewalReq, .pkcsReq] {
            let answer = try enrol(
                desk, "T\(type)", key: Keys.other.get(), challenge: nil, signer: old, type: type)
            #expect(answer == .failed(.badRequest))
        }
    }

    @Test("P6: a renewal signed with any other certificate is a badRequest, even with the challenge")
    func strangeRenewal() throws {
        #expect(try enrol(desk(), type: .renewalReq) == .failed(.badRequest))
    }

    @Test("N1: with the NDES profile a challenge is good for one request")
    func oneTime() throws {
        let desk = try desk(profile: .ndes)
        #expect(try enrol(desk).certificate != nil)
        #expect(try enrol(desk, "T2", key: Keys.other.get()) == .failed(.badRequest))
        #expect(try enrol(desk, "T3", key: Keys.other.get(), challenge: desk.challenge).certificate != nil)
    }

    @Test("A waiting request's challenge goes from the disk with the decision")
    func challengeIsForgotten() throws {
        let desk = try desk(.manual)
        _ = try enrol(desk)
        try book().approve(id: book().waiting()[0].id)
        _ = try poll(desk)
        #expect(try book().record(transactionID: "T1")?.request == nil)
    }

    @Test("A damaged record is reported instead of being issued anew")
    func damaged() throws {
        let desk = try desk()
        _ = try enrol(desk)
        let requests = try temporary.open().subfolder("requests")
        let name = try #require(try requests.names(endingIn: ".json").first)
        try requests.write([UInt8]("{}".utf8), to: name)
        #expect(throws: PracticeCAError(.damaged, "")) { try enrol(desk) }
    }
}

/// A decision without its wording.
private enum Outcome: Equatable {
    case issued(Certificate)
    case pending
    case failed(FailInfo)

    init(_ decision: Decision) {
        self =
            switch decision {
            case .issued(let certificate): .issued(certificate)
            case .pending: .pending
            case .failed(let failInfo, _): .failed(failInfo)
            }
    }

    var certificate: Certificate? {
        if case .issued(let certificate) = self { certificate } else { nil }
    }
}
