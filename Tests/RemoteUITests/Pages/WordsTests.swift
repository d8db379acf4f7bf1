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
        let errors: [ErrorInformation] = [
            .tlsKeyUnusable(name: "a", serving: "b"), .keyCorrupted(name: "a"), .certificateExpired(keyName: "a"),
            .certificateNotStored(keyName: "a"), .takeOverFailed(name: "a", use: .ieee8021X, serving: "b"),
            .takeOverFailed(name: "a", use: .ipsec(policy: 3), serving: nil), .restartFailed,
        ]
        for language in catalogue.languages {
            let text = catalogue[language]
            for refusal in requests { check(refusal.phrase.words(text), "\(refusal) in \(language)") }
            for refusal: KeyRefusal in [
                .notFound, .inUse(.tls), .isDefault, .waitingForCertificate, .signsRenewal,
            ] {
                check(refusal.phrase(text).words(text), "\(refusal) in \(language)")
            }
            for refusal: AuthorityRefusal in [.notShown, .fingerprintMismatch] {
                check(refusal.phrase.words(text), "\(refusal) in \(language)")
            }
            for refusal: CommunicationRefusal in [.timerEnabled, .notConfigured] {
                check(refusal.phrase.words(text), "\(refusal) in \(language)")
            }
            for error in errors {
                check(error.words(text), "\(error) in \(language)")
                check(error.remedy(text), "\(error) in \(language)")
            }
            let change = CommunicationRoutes.result(
                CommunicationChange(clearedAuthority: true, clearedChallengePassword: true))
            check(text(change), "\(change) in \(language)")
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
