import PKI
import SCEP
import Testing

@testable import Machine
@testable import RemoteUI

/// Every case that the floors below can report has words in every language (S2).
@Suite struct WordsTests {
    private let catalogue: Catalogue

    init() throws { catalogue = try Catalogue(folder: "\(Renderings.package)/Templates/strings") }

    /// Words are there when they are not the key itself and no placeholder is left in them.
    private func check(_ words: String, _ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(words.contains(" ") || words.unicodeScalars.contains { $0.value > 0x2FFF }, "\(what): \(words)")
        #expect(!words.contains("{"), "\(what): \(words)", sourceLocation: sourceLocation)
        #expect(!words.isEmpty, "\(what)", sourceLocation: sourceLocation)
    }

    @Test("Every cause has a cause and a remedy in every language (S2)", arguments: IssuanceCause.allCases)
    func causes(_ cause: IssuanceCause) {
        let details: [HistoryDetails] =
            switch cause {
            case .httpStatus: [401, 403, 404, 500, 503, 418].map(HistoryDetails.httpStatus) + [.communicationError]
            case .refusedByServer: (0...5).map(HistoryDetails.failInfo)
            case .deferred: [.deferred]
            case .keyLimit: [.keyLimit]
            default: [.communicationError]
            }
        for language in catalogue.languages {
            for detail in details {
                let words = FailureWords(cause, details: detail, catalogue[language])
                check(words.cause, "\(cause) \(detail) in \(language)")
                check(words.remedy, "\(cause) \(detail) in \(language)")
            }
        }
    }

    @Test("The details are exactly those of the manual (S2)")
    func details() {
        let text = catalogue[.english]
        let expected: [(HistoryDetails, String)] =
            [
                (.deferred, "Deferred"), (.keyLimit, "Key and Certificate Registration Limit Error"),
                (.communicationError, "Communication Error (TOP ERROR)"),
                (.httpStatus(503), "Communication Error (TOP ERROR 503)"),
            ] + (0...4).map { (.failInfo($0), "Communication Error (SCEP ERROR Fail Info \($0))") }
        for (details, words) in expected { #expect(details.words(text) == words) }
        #expect(
            HistoryEntry.Status.allCases.map { $0.words(text).word }
                == ["To Be Processed", "Processing...", "Error", "Successful"])
    }

    @Test("Every problem of a field has a sentence in every language")
    func problems() {
        let problems: [FieldProblem] =
            [
                .required, .tooShort(minimum: 8), .tooLong(maximum: 64), .notANumber,
                .outOfRange(minimum: 1, maximum: 9),
                .invalidCharacter, .notAddressOrName, .notOffered, .alreadyUsed, .doesNotMatch,
            ] + ServerURLError.allCases.map(FieldProblem.serverURL)
            + Fingerprint.ParseError.allCases.map(FieldProblem.fingerprint)
        for language in catalogue.languages {
            for problem in problems { check(problem.words(catalogue[language]), "\(problem) in \(language)") }
        }
    }

    @Test("Every refusal and every line of error information has words in every language")
    func refusals() {
        let requests: [IssuanceRefusal] = [
            .timerEnabled, .requestInProgress, .requestWaiting(IssuanceID(rawValue: 1)), .keyLimit(8), .keyNameInUse,
            .authorityNotAccepted, .settingsChanged, .notConfigured, .clockNotSet, .notWaiting,
            .lookUpFailed(historyNumber: 1),
        ]
        let errors: [ErrorInformation] =
            [
                .tlsKeyUnusable(name: "a", serving: "b"), .tlsIssuersLeftOut(name: "a"), .keyCorrupted(name: "a"),
                .certificateExpired(keyName: "a"), .certificateNotStored(keyName: "a"),
                .takeOverFailed(name: "a", use: .ieee8021X, serving: "b"),
                .takeOverFailed(name: "a", use: .ipsec(policy: 3), serving: nil), .restartFailed, .storageFull,
                .automaticRequestFailed(keyName: "a"),
            ] + TLSProblem.allCases.map { .tlsKeyUnusable(name: "a", serving: "b", $0) }
        for language in catalogue.languages {
            let text = catalogue[language]
            for refusal in requests { check(refusal.phrase.words(text), "\(refusal) in \(language)") }
            for refusal: KeyRefusal in [
                .notFound, .inUse(.tls), .isDefault, .waitingForCertificate, .signsRenewal,
            ] {
                check(refusal.phrase(text).words(text), "\(refusal) in \(language)")
            }
            for refusal: AuthorityRefusal in [.notShown, .fingerprintMismatch, .otherAccepted] {
                check(refusal.phrase.words(text), "\(refusal) in \(language)")
            }
            for refusal: CommunicationRefusal in [.timerEnabled, .notConfigured] {
                check(refusal.phrase.words(text), "\(refusal) in \(language)")
            }
            for error in errors {
                check(error.words(text), "\(error) in \(language)")
                check(error.remedy(text), "\(error) in \(language)")
            }
            for problem in TLSProblem.allCases {
                check(problem.words(text), "\(problem) in \(language)")
                check(problem.remedy(text), "\(problem) in \(language)")
                let lines = RestartReason(keyName: "a", use: .tls, tlsProblem: problem).lines(text)
                #expect(lines == [text("restart.reason.key-unusable", "a")])
                check(lines.joined(), "\(problem) in \(language)")
            }
            let change = CommunicationRoutes.result(
                CommunicationChange(clearedAuthority: true, clearedChallengePassword: true))
            check(text(change), "\(change) in \(language)")
        }
    }

    @Test("Every refusal of the timer has its own words in every language, and a way out where there is one")
    func autoRequestRefusals() {
        let refusals: [AutoRequestRefusal] = [
            .notConfigured, .authorityNotAccepted, .requestInProgress, .requestWaiting, .clockNotSet,
        ]
        for language in catalogue.languages {
            let locks = refusals.map { $0.lock(catalogue[language]) }
            for (refusal, lock) in zip(refusals, locks) { check(lock.reason, "\(refusal) in \(language)") }
            #expect(Set(locks.map(\.reason)).count == refusals.count)
            #expect(locks.map { $0.link != nil } == [true, true, true, true, false])
        }
    }

    @Test("Every choice and every state of the auto request has its own words in every language (T10, S1)")
    func autoRequest() throws {
        let samples = try Samples("text")
        for language in catalogue.languages {
            let text = catalogue[language]
            let groups = [
                RenewalPolicy.allCases.map { $0.words(text) },
                AutoRequestState.NextRequest.Kind.allCases.map { $0.words(text) },
                IssuanceProgress.State.allCases.map { state in
                    AutoRequestFacts.words(
                        samples.progress(state, samples.entry(1, .processing)), hasNextRequest: true, text
                    ).word
                },
                AutoRequestForm.Panel.Kind.allCases.flatMap { kind in
                    ["auto.panel.\(kind.rawValue)", "auto.panel.\(kind.rawValue).lead"].map { text($0) }
                },
                AutoRequestPage.servers.flatMap { server in
                    ["auto.server.\(server)", "auto.server.\(server).advice"].map { text($0) }
                },
                ["off", "days", "percent"].map { text("auto.renewal.\($0)") },
                [text("auto.current.waiting"), text("auto.current.waiting.off")],
            ]
            for words in groups {
                #expect(!words.contains { $0.isEmpty || $0.hasPrefix("auto.") || $0.contains("{") }, "\(words)")
            }
            for words in groups { #expect(Set(words).count == words.count, "\(words)") }
        }
    }

    @Test("A Windows error code is written as Microsoft does, with its meaning if it is one that a request meets")
    func microsoftStatus() {
        #expect(MicrosoftStatus(code: 0x8007_0057).figures == "0x80070057")
        #expect(MicrosoftStatus(code: 5).figures == "0x00000005")
        let known: [UInt32] = [
            0x8007_0005, 0x8007_0057, 0x8007_06BA, 0x8009_0005, 0x8009_4011, 0x8009_4012, 0x8009_4800,
        ]
        for language in catalogue.languages {
            let meanings = known.compactMap { MicrosoftStatus(code: $0).meaning(catalogue[language]) }
            #expect(Set(meanings).count == known.count && !meanings.contains { $0.hasPrefix("status.") })
            #expect(MicrosoftStatus(code: 1).meaning(catalogue[language]) == nil)
        }
    }

    @Test(
        "A Windows error code is said with the cause and in the list; the server's own text is pointed to if it is there"
    )
    func windowsFailure() throws {
        let samples = try Samples("text")
        for language in catalogue.languages {
            let text = catalogue[language]
            let entry = samples.entry(2, .error, .failInfo(2), .refusedByServer)
            let meaning = text("status.windows.template-denied")
            let words = try #require(FailureWords(entry, text))
            #expect(words.cause.contains("0x80094012") && words.cause.contains(meaning))
            #expect(words.remedy.hasPrefix(text("remedy.server-text")))
            let silent = FailureWords(.refusedByServer, details: .failInfo(2), serverText: "", text)
            #expect(silent.remedy == text("remedy.failInfo2"))
            let rows = HistoryRows(entries: [entry], next: nil, times: samples.times).value(text)
            #expect("\(rows)".contains("0x80094012") && "\(rows)".contains(meaning))
        }
    }

    @Test("What comes after a failed step was not reached; what the server did not announce is not shown as its word")
    func steps() throws {
        let samples = try Samples("text")
        for language in catalogue.languages {
            let text = catalogue[language]
            let failed = samples.progress(.failed, samples.entry(2, .error, .failInfo(2), .refusedByServer))
            let page = ProgressPage(
                progress: failed, isFunctionEnabled: true, restart: nil, hasNextRequest: false, times: samples.times)
            let values = "\(page.values(text))"
            #expect(values.contains(text("step.not-reached")) && !values.contains(text("step.waiting")))
            #expect(CapabilitiesDetail("POST, AES-128-CBC").words(text) == "POST, AES-128-CBC")
            let missing = text("progress.capabilities.missing", "HTTP 500", "GET, SHA-1")
            #expect(CapabilitiesDetail("HTTP 500; GET, SHA-1").words(text) == missing)
            #expect(CapabilitiesDetail("HTTP 404").words(text) == text("test.capabilities.missing", "HTTP 404"))
        }
    }

    @Test("Every state of a key, a step and a mark has a word in every language")
    func states() {
        for language in catalogue.languages {
            let text = catalogue[language]
            let words =
                KeyEntry.State.allCases.map { $0.words(text).word }
                + StepLine.State.allCases.map { text("step.\($0.rawValue)") }
                + IssuanceProgress.Kind.allCases.map { text("progress.step.\($0.rawValue)") }
                + ConnectionTest.Kind.allCases.map { text("test.step.\($0.rawValue)") }
            for word in words {
                #expect(!word.isEmpty && text.find(word) == nil && !word.contains(".step."), "\(word)")
            }
            #expect(!words.contains { $0.hasPrefix("step.") })
        }
    }

    @Test("Every key that the code asks for is in the catalogue, and every text is used")
    func keys() throws {
        let known = catalogue[.english].keys
        let asked = try SourceKeys.all()
        #expect(asked.exact.subtracting(known) == [])
        let unused = known.filter { key in
            // A field's label has its help text beside it.
            let base = key.hasSuffix(".hint") ? String(key.dropLast(5)) : key
            return asked.exact.isDisjoint(with: [key, base]) && !asked.prefixes.contains { key.hasPrefix($0) }
        }
        #expect(unused == [])
    }
}
