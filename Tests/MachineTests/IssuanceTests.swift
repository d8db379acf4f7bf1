import FoundationEssentials
import PKI
import SCEP
import Testing

@testable import Machine

@Suite("Issuance") struct IssuanceTests {
    @Test("I1–I3: a request goes through its five steps; the key takes its place at the restart, the old one stays")
    func success() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let progress = try #require(try await test.request())
        #expect(progress.state == .succeeded)
        #expect(progress.steps.map(\.kind) == IssuanceProgress.Kind.allCases)
        #expect(progress.steps.allSatisfy { $0.state == .done })
        let entry = try #require(progress.history)
        #expect((entry.status, entry.details, entry.cause, entry.isManual) == (.successful, nil, nil, true))
        #expect(entry.requestDate == TestClock.start)
        #expect(entry.transactionID?.count == 40)

        let csr = try #require(test.server.csrs.first)
        #expect((csr.subject.commonName, csr.subject.organization) == ("printer.example", "Example"))
        #expect(csr.subjectAltNames == [.dns("printer.example")])
        #expect(csr.challengePassword == TestServer.challenge)

        #expect(try await test.machine.key(named: "tls-key")?.state == .restartPending)
        #expect(try await test.machine.pendingRestart() == [RestartReason(keyName: "tls-key", use: .tls)])
        #expect(try await test.machine.status().state == .restartPending)
        #expect(try await test.machine.tlsIdentity().keyName == "Default Key")
        try await test.restart()
        let serving = try await test.machine.tlsIdentity()
        #expect(serving.keyName == "tls-key")
        #expect(serving.chain.first == test.server.issued.first)
        let stored = try await test.machine.store.read { tables in
            try tables.keys.named("tls-key").map { try tables.keys.identity($0) }
        }
        #expect(stored.map { $0.certificate.matches($0.key) } == true)
        #expect(stored?.certificate == serving.chain.first)
        #expect(try await test.machine.pendingRestart().isEmpty)
        #expect(try await test.machine.keys().map(\.state) == [.idle, .inUse])
        #expect(try await test.machine.status().errors.isEmpty)
    }

    @Test("I1: an IP address as common name becomes an iPAddress", arguments: [("192.0.2.9", 4), ("2001:db8::9", 16)])
    func address(commonName: String, length: Int) async throws {
        let test = try await TestMachine()
        try await test.configure()
        let form = IssuanceRequest.Form(keyName: "key", commonName: commonName)
        _ = try await test.machine.beginIssuance(
            try form.validated(legacyMode: false), to: try await test.destination(), by: TestMachine.manager)
        await test.machine.waitForIssuances()
        guard case .ip(let bytes)? = test.server.csrs.first?.subjectAltNames.first else {
            Issue.record("no iPAddress")
            return
        }
        #expect(bytes.count == length)
        #expect(test.server.csrs.first?.challengePassword == nil)
    }

    @Test("I6: a key for a function that does not run is assigned to it and waits")
    func otherUse() async throws {
        let test = try await TestMachine()
        try await test.configure()
        #expect(try await test.request("eap", use: "ieee8021x")?.isKeyStored == true)
        #expect(!KeyUse.ieee8021X.isFunctionEnabled)
        try await test.restart()
        let key = try #require(try await test.machine.key(named: "eap"))
        #expect((key.use, key.state) == (.ieee8021X, .assigned))
        #expect(try await test.machine.tlsIdentity().keyName == "Default Key")
    }

    @Test("I4, K5: what may not begin does not reach the server, and says why")
    func refusals() async throws {
        let test = try await TestMachine(keyLimit: 2)
        func refusal(_ name: String = "tls-key") async throws -> IssuanceRefusal? {
            do {
                _ = try await test.machine.beginIssuance(
                    try TestMachine.request(name), to: try await test.destination(), by: TestMachine.manager)
                return nil
            } catch let refusal as IssuanceRefusal {
                return refusal
            }
        }
        #expect(try await refusal() == .notConfigured)
        try await test.configure(accept: false)
        #expect(try await refusal() == .authorityNotAccepted)
        try await test.configure()
        try await test.setTimer(true)
        #expect(try await refusal() == .timerEnabled)
        try await test.setTimer(false)
        test.clock.set(Date(timeIntervalSince1970: 1000))
        #expect(try await refusal() == .clockNotSet)
        test.clock.set(TestClock.start)
        #expect(test.server.operations.isEmpty)
        try await test.request()
        #expect(try await refusal("TLS-KEY") == .keyNameInUse)
        let before = test.server.operations
        #expect(try await refusal("second") == .keyLimit(2))
        #expect(test.server.operations == before)
        let newest = try #require(try await test.machine.history().first)
        #expect((newest.status, newest.details, newest.cause) == (.error, .keyLimit, .keyLimit))
    }

    @Test("I4: of many requests at once exactly one begins")
    func oneAtATime() async throws {
        let test = try await TestMachine()
        try await test.configure()
        // Deferred, the first stays open, so that a late second finds it too.
        test.server.answer(.deferRequest)
        let (machine, destination) = (test.machine, try await test.destination())
        let begun = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<6 {
                group.addTask {
                    guard let request = try? TestMachine.request("key-\(number)") else { return false }
                    return (try? await machine.beginIssuance(request, to: destination, by: TestMachine.manager)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        await machine.waitForIssuances()
        #expect(begun == 1)
        #expect(test.server.requests.count == 1)
    }

    @Test("I8: a deferred request keeps key and transaction; [Check Again] polls with a new nonce; then it is issued")
    func deferred() async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.answer(.deferRequest)
        let progress = try #require(try await test.request())
        #expect(progress.state == .waiting)
        #expect(progress.history?.details == .deferred)
        #expect(progress.history?.openIssuance == progress.id)
        #expect(try await test.machine.key(named: "tls-key")?.state == .waitingForCertificate)
        await #expect(throws: IssuanceRefusal.requestWaiting(progress.id)) {
            try await test.machine.beginIssuance(
                try TestMachine.request("other"), to: try await test.destination(), by: TestMachine.manager)
        }
        await #expect(throws: KeyRefusal.waitingForCertificate) {
            try await test.machine.deleteKey(named: "tls-key", by: TestMachine.manager)
        }
        try await test.restart()
        #expect(test.server.requests.count == 1, "a deferred request waits for [Check Again], over a restart too")
        try await check(test, progress.id)
        #expect(try await test.machine.issuance(progress.id)?.state == .waiting)
        test.server.answer(.issue)
        try await check(test, progress.id)
        #expect(try await test.machine.issuance(progress.id)?.state == .succeeded)
        #expect(try await test.machine.history().map(\.status) == [.successful])
        #expect(Set(test.server.requests).count == 3)
        await #expect(throws: IssuanceRefusal.notWaiting) {
            try await test.machine.checkAgain(progress.id, by: TestMachine.manager)
        }
    }

    @Test(
        "P4: a server that does not know CertPoll gets the request itself again, the same bytes",
        arguments: [true, false])
    func pollNotKnown(isStatus: Bool) async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.answerNext(.deferRequest, isStatus ? .status(500) : .refuse(2))
        let progress = try #require(try await test.request())
        try await check(test, progress.id)
        #expect(try await test.machine.issuance(progress.id)?.state == .succeeded)
        let requests = test.server.requests
        #expect(requests.count == 3)
        #expect(requests[0] == requests[2])
    }

    @Test("I8: [Discard] deletes key and transaction, and the history keeps the reason")
    func discard() async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.answer(.deferRequest)
        let progress = try #require(try await test.request())
        try await test.machine.discard(progress.id, by: TestMachine.manager)
        #expect(try await test.machine.key(named: "tls-key") == nil)
        let entry = try #require(try await test.machine.history().first)
        #expect((entry.details, entry.cause, entry.openIssuance) == (.deferred, .discarded, nil))
        await #expect(throws: IssuanceRefusal.notWaiting) {
            try await test.machine.discard(progress.id, by: TestMachine.manager)
        }
        test.server.answer(.issue)
        #expect(try await test.request()?.state == .succeeded)
    }

    @Test(
        "S2: a refusal deletes the key and shows the number", arguments: [Int?.some(0), 1, 2, 3, 4, 7, nil])
    func refused(number: Int?) async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.answer(.refuse(number))
        let progress = try #require(try await test.request())
        #expect(progress.state == .failed)
        let known = number.flatMap { (0...4).contains($0) ? HistoryDetails.failInfo($0) : nil }
        #expect(progress.history?.details == known ?? .communicationError)
        #expect(progress.history?.cause == .refusedByServer)
        #expect(progress.history?.failInfoText == "no <b>")
        #expect(try await test.machine.keys().map(\.name) == ["Default Key"])
    }

    @Test("S2: a server that is not reached leaves no key, and nothing was sent")
    func unreachable() async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.setUnreachable(true)
        let progress = try #require(try await test.request())
        #expect(progress.state == .failed)
        #expect((progress.history?.details, progress.history?.cause) == (.communicationError, .notConnected))
        #expect(progress.steps.first { $0.kind == .capabilities }?.state == .failed)
        #expect(try await test.machine.keys().count == 1)
    }

    @Test("S2: a connection refused at the request itself leaves no key, since nothing of it was sent")
    func unreachableAtRequest() async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.answer(.unreachable)
        #expect(try await test.request()?.state == .failed)
        #expect(try await test.machine.keys().count == 1)
    }

    @Test("P5: after a lost, unreadable or refused reply key and transaction stay; [Check Again] sends the same bytes")
    func lostReply() async throws {
        let cases: [(TestServer.Answer, HistoryDetails, IssuanceCause)] = [
            (.loseReply, .communicationError, .connectionClosed),
            (.garbage, .communicationError, .unreadableReply),
            (.status(503), .httpStatus(503), .httpStatus),
        ]
        for (answer, details, cause) in cases {
            let test = try await TestMachine()
            try await test.configure()
            test.server.answerNext(answer)
            let progress = try #require(try await test.request())
            #expect(progress.state == .waiting)
            #expect((progress.history?.details, progress.history?.cause) == (details, cause))
            // Even when the next attempt does not get through at all.
            test.server.answerNext(.unreachable)
            try await check(test, progress.id)
            #expect(try await test.machine.issuance(progress.id)?.state == .waiting)
            try await check(test, progress.id)
            #expect(try await test.machine.issuance(progress.id)?.state == .succeeded)
            #expect(Set(test.server.requests).count == 1)
            #expect(test.server.issued.count == 1)
        }
    }

    @Test("I7: a refusal of what was sent before without an answer keeps the key: the first may have been issued")
    func refusedAtTheSecondTime() async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.answerNext(.loseReply, .refuse(2))
        let progress = try #require(try await test.request())
        try await check(test, progress.id)
        let after = try #require(try await test.machine.issuance(progress.id))
        #expect(after.state == .waiting)
        #expect((after.history?.details, after.history?.cause) == (.failInfo(2), .refusedByServer))
        #expect(try await test.machine.key(named: "tls-key")?.state == .waitingForCertificate)
        try await check(test, progress.id)
        #expect(try await test.machine.issuance(progress.id)?.state == .succeeded)
        #expect(Set(test.server.requests).count == 1)
    }

    @Test("I7: a refusal after a poll whose answer was lost keeps the key: that answer may have been the certificate")
    func refusedAfterALostPoll() async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.answerNext(.deferRequest, .loseReply, .refuse(2), .refuse(2))
        let progress = try #require(try await test.request())
        for _ in 1...2 { try await check(test, progress.id) }
        #expect(try await test.machine.issuance(progress.id)?.state == .waiting)
        #expect(try await test.machine.key(named: "tls-key")?.state == .waitingForCertificate)
        try await check(test, progress.id)
        #expect(try await test.machine.issuance(progress.id)?.state == .succeeded)
    }

    @Test("I7: a refusal after a poll that was answered deletes the key: nothing is open any more")
    func refusedAfterAnAnsweredPoll() async throws {
        let test = try await TestMachine()
        try await test.configure()
        test.server.answerNext(.deferRequest, .deferRequest, .refuse(2), .refuse(2))
        let progress = try #require(try await test.request())
        for _ in 1...2 { try await check(test, progress.id) }
        let after = try #require(try await test.machine.issuance(progress.id))
        #expect((after.state, after.history?.cause) == (.failed, .refusedByServer))
        #expect(try await test.machine.key(named: "tls-key") == nil)
    }

    @Test("I7: an error that comes after the end is in the store takes neither key nor certificate with it")
    func lateError() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let id = try #require(try await test.request()?.id)
        let attempt = IssuanceAttempt(
            id: id, store: test.machine.store, environment: test.environment, configuration: test.configuration,
            administrator: TestMachine.manager)
        try await attempt.store(failure: MachineError(.storage, "the disk"))
        #expect(try await test.machine.issuance(id)?.state == .succeeded)
        #expect(try await test.machine.history().map(\.status) == [.successful])
        #expect(try await test.machine.key(named: "tls-key")?.state == .restartPending)
    }

    @Test("S3: the history keeps 20 entries; the 21st drops the oldest")
    func twenty() async throws {
        let test = try await TestMachine()
        try await test.machine.store.write { tables in
            for number in 1...21 {
                _ = try tables.history.add(keyName: "key-\(number)", status: .processing, at: TestClock.start)
            }
        }
        let history = try await test.machine.history()
        #expect(history.map(\.number) == Array((2...21).reversed()))
    }

    @Test(
        "I5, I7: challenge password, PIN and private key are in no file in clear; the challenge is gone after the end")
    func secrets() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        try await test.configure()
        test.server.answer(.deferRequest)
        let progress = try #require(try await test.request())
        let stored = try await test.machine.store.read { tables in
            try tables.keys.named("tls-key").map { try tables.keys.privateKey($0).pkcs8() }
        }
        // The end of PKCS#8 is the last of the key's numbers, in whatever structure it might be written.
        let key = try #require(stored).suffix(64)
        for file in try FileManager.default.contentsOfDirectory(atPath: test.configuration.dataDirectory) {
            let path = test.configuration.dataDirectory + "/" + file
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            let text = String(decoding: bytes, as: Unicode.ASCII.self)
            #expect(bytes.firstRange(of: key) == nil, "\(file)")
            #expect(!text.contains(TestServer.challenge), "\(file)")
            #expect(!text.contains(TestMachine.pin), "\(file)")
        }
        test.server.answer(.issue)
        try await check(test, progress.id)
        let rows = try await test.machine.store.read { try $0.issuances.record(progress.id)?.sealedTransaction }
        #expect(rows == nil)
        for entry in try await test.machine.auditEntries() {
            #expect(!"\(entry)".contains(TestServer.challenge))
            #expect(!"\(entry)".contains(TestMachine.pin))
        }
    }

    @Test("A certificate that cannot be stored is said to be so, the transaction stays, and [Check Again] stores it")
    func notStored() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let stop = "CREATE TRIGGER stop BEFORE UPDATE OF certificate ON key BEGIN SELECT RAISE(ABORT, 'full'); END"
        try await test.machine.store.write { try $0.connection.execute(stop) }
        let progress = try #require(try await test.request())
        #expect(progress.state == .waiting)
        #expect(progress.history?.cause == .storageFailed)
        #expect(try await test.machine.status().errors == [.certificateNotStored(keyName: "tls-key")])
        try await test.machine.store.write { try $0.connection.execute("DROP TRIGGER stop") }
        try await check(test, progress.id)
        #expect(try await test.machine.issuance(progress.id)?.state == .succeeded)
        #expect(test.server.requests.count == 1, "the certificate that came was kept in memory")
        #expect(try await test.machine.status().errors.isEmpty)
    }

    @Test("When not even the end can be stored, the page tells the truth all the same, and [Check Again] works")
    func nothingStored() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let stop = """
            CREATE TRIGGER stop BEFORE UPDATE ON issuance WHEN new.state <> 'running'
            BEGIN SELECT RAISE(ABORT, 'full'); END
            """
        try await test.machine.store.write { try $0.connection.execute(stop) }
        let progress = try #require(try await test.request())
        #expect(progress.state == .waiting)
        #expect(progress.history?.cause == .storageFailed)
        #expect(try await test.machine.history().first?.openIssuance == progress.id)
        try await test.machine.store.write { try $0.connection.execute("DROP TRIGGER stop") }
        try await check(test, progress.id)
        #expect(try await test.machine.currentIssuance()?.state == .succeeded)
    }

    @Test("I4: an end that could not be stored is taken up once, however often [Check Again] is pressed at once")
    func nothingStoredTwice() async throws {
        let test = try await TestMachine()
        try await test.configure()
        let stop = """
            CREATE TRIGGER stop BEFORE UPDATE ON issuance WHEN new.state <> 'running'
            BEGIN SELECT RAISE(ABORT, 'full'); END
            """
        try await test.machine.store.write { try $0.connection.execute(stop) }
        let id = try #require(try await test.request()?.id)
        try await test.machine.store.write { try $0.connection.execute("DROP TRIGGER stop") }
        let machine = test.machine
        let taken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask { (try? await machine.checkAgain(id, by: TestMachine.manager)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        await machine.waitForIssuances()
        #expect(taken == 1)
        #expect(try await machine.issuance(id)?.state == .succeeded)
    }

    private func check(_ test: TestMachine, _ id: IssuanceID) async throws {
        try await test.machine.checkAgain(id, by: TestMachine.manager)
        await test.machine.waitForIssuances()
    }
}
