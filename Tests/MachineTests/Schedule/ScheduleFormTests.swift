import Foundation
import PKI
import Testing

@testable import Machine

@Suite("The form of the auto request") struct ScheduleFormTests {
    typealias Field = AutoRequestSettings.Field
    typealias Form = AutoRequestSettings.Form

    /// A form with everything switched on and right.
    private static var complete: Form {
        var form = Form(AutoRequestSettings())
        form.isTimerEnabled = true
        form.start = "2026-12-01T02:00"
        form.adjustsRequestTime = true
        form.isPollingEnabled = true
        form.isPeriodic = true
        form.restartsDevice = true
        form.deletesOldKey = true
        form.renewalTrigger = "days"
        form.sendsChallengeOnRenewal = true
        form.changesChallengePassword = true
        form.key = IssuanceRequest.Form(
            keyName: "auto", signatureAlgorithm: "sha384", keyLength: "3072", organization: "Example",
            commonName: "printer.example", challengePassword: Secret("secret"), keyUseLocation: "ipsec",
            ipsecPolicy: "3")
        return form
    }

    private static func problems(_ form: Form, legacyMode: Bool = false) -> [FieldErrors<Field>.Entry] {
        do {
            _ = try form.validated(legacyMode: legacyMode)
            return []
        } catch {
            return error.entries
        }
    }

    @Test("T1 to T8, T10: every item of the form reaches the settings, and the settings fill the form again")
    func complete() throws {
        var form = Self.complete
        form.pollingTimes = " 100 "
        form.pollingInterval = "60"
        form.interval = "365"
        form.renewalDays = "365"
        form.renewalPolicy = "pkcsReqOldCertificate"
        let settings = try form.validated(legacyMode: false)
        var expected = AutoRequestSettings()
        expected.isTimerEnabled = true
        expected.start = LocalDateTime(year: 2026, month: 12, day: 1, hour: 2, minute: 0)
        expected.adjustsRequestTime = true
        expected.isPollingEnabled = true
        expected.pollingTimes = 100
        expected.pollingInterval = 60
        expected.isPeriodic = true
        expected.interval = 365
        expected.restartsDevice = true
        expected.deletesOldKey = true
        expected.renewal = RenewalSettings(
            trigger: .daysBefore(365), policy: .pkcsReqOldCertificate, sendsChallengePassword: true)
        expected.key = AutoRequestKey(
            keyName: "auto", signatureAlgorithm: .sha384, keyLength: 3072, organization: "Example",
            commonName: "printer.example", use: .ipsec(policy: 3))
        #expect(settings == expected)

        let shown = Form(settings)
        #expect(shown.key.challengePassword.isEmpty && !shown.changesChallengePassword)
        #expect(try shown.validated(legacyMode: false) == settings)
        #expect(try StoredJSON.decode(AutoRequestSettings.self, StoredJSON.encode(settings)) == settings)
        let stored = String(decoding: try StoredJSON.encode(settings), as: UTF8.self)
        #expect(!stored.contains("secret"))
    }

    @Test("T3, T4, T10: at first everything is off, with the manual's defaults")
    func defaults() throws {
        let form = Form(AutoRequestSettings())
        #expect(form.start.isEmpty && form.pollingTimes == "10" && form.pollingInterval == "1" && form.interval == "90")
        #expect(form.renewalTrigger == "off" && form.renewalDays == "30" && form.renewalPercent == "80")
        #expect(form.renewalPolicy == "automatic" && form.key == IssuanceRequest.Form())
        #expect(try form.validated(legacyMode: false) == AutoRequestSettings())
    }

    private struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let field: Field
        let problem: FieldProblem
        let change: @Sendable (inout Form) -> Void
        var testDescription: String { name }

        init(
            _ name: String, _ field: Field, _ problem: FieldProblem, _ change: @escaping @Sendable (inout Form) -> Void
        ) {
            self.name = name
            self.field = field
            self.problem = problem
            self.change = change
        }
    }

    private static let times = FieldProblem.outOfRange(minimum: 1, maximum: 100)
    private static let minutes = FieldProblem.outOfRange(minimum: 1, maximum: 60)
    private static let days = FieldProblem.outOfRange(minimum: 1, maximum: 365)
    private static let percents = FieldProblem.outOfRange(minimum: 50, maximum: 99)

    private static let cases = [
        Case("T1 no start", .start, .required) { $0.start = "" },
        Case("T1 blank start", .start, .required) { $0.start = "  " },
        Case("T1 30 February", .start, .notADateTime) { $0.start = "2026-02-30T02:00" },
        Case("T1 25 o'clock", .start, .notADateTime) { $0.start = "2026-12-01T25:00" },
        Case("T1 a date only", .start, .notADateTime) { $0.start = "2026-12-01" },
        Case("T1 a bad start, timer off", .start, .notADateTime) {
            $0.isTimerEnabled = false
            $0.start = "tomorrow"
        },
        Case("T3 no polling times", .pollingTimes, .required) { $0.pollingTimes = "" },
        Case("T3 0 polling times", .pollingTimes, times) { $0.pollingTimes = "0" },
        Case("T3 101 polling times", .pollingTimes, times) { $0.pollingTimes = "101" },
        Case("T3 ten in words", .pollingTimes, .notANumber) { $0.pollingTimes = "ten" },
        Case("T3 negative polling times", .pollingTimes, .notANumber) { $0.pollingTimes = "-1" },
        Case("T3 101 polling times, polling off", .pollingTimes, times) {
            $0.isPollingEnabled = false
            $0.pollingTimes = "101"
        },
        Case("T3 no polling interval", .pollingInterval, .required) { $0.pollingInterval = "" },
        Case("T3 0 minutes", .pollingInterval, minutes) { $0.pollingInterval = "0" },
        Case("T3 61 minutes", .pollingInterval, minutes) { $0.pollingInterval = "61" },
        Case("T3 half a minute", .pollingInterval, .notANumber) { $0.pollingInterval = "0.5" },
        Case("T4 no interval", .interval, .required) { $0.interval = "" },
        Case("T4 2 days", .interval, .notOffered) { $0.interval = "2" },
        Case("T4 090 days", .interval, .notOffered) { $0.interval = "090" },
        Case("T4 an interval in words", .interval, .notOffered) { $0.interval = "daily" },
        Case("T4 2 days, not periodic", .interval, .notOffered) {
            $0.isPeriodic = false
            $0.interval = "2"
        },
        Case("T10 no trigger", .renewalTrigger, .required) { $0.renewalTrigger = "" },
        Case("T10 an unknown trigger", .renewalTrigger, .notOffered) { $0.renewalTrigger = "hours" },
        Case("T10 no days", .renewalDays, .required) { $0.renewalDays = "" },
        Case("T10 0 days", .renewalDays, days) { $0.renewalDays = "0" },
        Case("T10 366 days", .renewalDays, days) { $0.renewalDays = "366" },
        Case("T10 0 days, renewal off", .renewalDays, days) {
            $0.renewalTrigger = "off"
            $0.renewalDays = "0"
        },
        Case("T10 no per cent", .renewalPercent, .required) {
            $0.renewalTrigger = "percent"
            $0.renewalPercent = ""
        },
        Case("T10 49 per cent", .renewalPercent, percents) {
            $0.renewalTrigger = "percent"
            $0.renewalPercent = "49"
        },
        Case("T10 100 per cent", .renewalPercent, percents) {
            $0.renewalTrigger = "percent"
            $0.renewalPercent = "100"
        },
        Case("T10 no policy", .renewalPolicy, .required) { $0.renewalPolicy = "" },
        Case("T10 an unknown policy", .renewalPolicy, .notOffered) { $0.renewalPolicy = "17" },
        Case("T7 no key name", .key(.keyName), .required) { $0.key.keyName = "" },
        Case("T7 a bad key name", .key(.keyName), .invalidCharacter) { $0.key.keyName = "a b" },
        Case("T7 no common name", .key(.commonName), .required) { $0.key.commonName = "" },
        Case("T7 a name that is none", .key(.commonName), .notAddressOrName) { $0.key.commonName = "printer" },
        Case("T7 SHA-1", .key(.signatureAlgorithm), .notOffered) { $0.key.signatureAlgorithm = "sha1" },
        Case("T7 1024 bits", .key(.keyLength), .notOffered) { $0.key.keyLength = "1024" },
        Case("T7 a long organization", .key(.organization), .tooLong(maximum: 64)) {
            $0.key.organization = String(repeating: "o", count: 65)
        },
        Case("T7 a bad challenge password", .key(.challengePassword), .invalidCharacter) {
            $0.key.challengePassword = Secret("pässword")
        },
        Case("T7 no use", .key(.keyUseLocation), .required) { $0.key.keyUseLocation = "" },
        Case("T7 policy 11", .key(.ipsecPolicy), .notOffered) { $0.key.ipsecPolicy = "11" },
        Case("T7 half a key, timer off", .key(.commonName), .required) {
            $0.isTimerEnabled = false
            $0.key.commonName = ""
        },
        Case("T7 a bad organization without a key, timer off", .key(.organization), .invalidCharacter) {
            $0.isTimerEnabled = false
            $0.key.keyName = ""
            $0.key.commonName = ""
            $0.key.organization = "Größe"
        },
    ]

    @Test("T1, T3, T4, T7, T10: each field is refused with its reason, and no other", arguments: cases)
    private func refusals(example: Case) {
        var form = Self.complete
        example.change(&form)
        #expect(Self.problems(form) == [.init(example.field, example.problem)])
    }

    @Test("T8: every problem is told at once, in the order of the fields")
    func allAtOnce() {
        var form = Self.complete
        form.start = "soon"
        form.pollingTimes = "0"
        form.pollingInterval = ""
        form.interval = "8"
        form.renewalDays = "366"
        form.renewalPercent = "5"
        form.renewalPolicy = "18"
        form.key.keyName = ""
        form.key.keyLength = "7"
        form.key.commonName = "x"
        #expect(
            Self.problems(form) == [
                .init(.start, .notADateTime), .init(.pollingTimes, Self.times), .init(.pollingInterval, .required),
                .init(.interval, .notOffered), .init(.renewalDays, Self.days), .init(.renewalPercent, Self.percents),
                .init(.renewalPolicy, .notOffered), .init(.key(.keyName), .required),
                .init(.key(.keyLength), .notOffered), .init(.key(.commonName), .notAddressOrName),
            ])
    }

    @Test("T8: with the timer off the start and the key may be left out, and numbers of what is off")
    func leftOut() throws {
        var form = Form(AutoRequestSettings())
        form.pollingTimes = ""
        form.pollingInterval = ""
        form.interval = ""
        form.renewalDays = ""
        form.renewalPercent = ""
        #expect(try form.validated(legacyMode: false) == AutoRequestSettings())
    }

    @Test("T7: a challenge password that is not to be changed is not looked at")
    func keptChallenge() throws {
        var form = Self.complete
        form.changesChallengePassword = false
        form.key.challengePassword = Secret("pässword that a browser filled in")
        #expect(Self.problems(form).isEmpty)
    }

    @Test("T7: legacy mode offers SHA-1 and 1024 bits here too")
    func legacy() throws {
        var form = Self.complete
        form.key.signatureAlgorithm = "sha1"
        form.key.keyLength = "1024"
        #expect(try form.validated(legacyMode: true).key?.keyLength == 1024)
        #expect(Self.problems(form).count == 2)
    }

    @Test("T7: the key settings make a request under the name that is free, with the challenge password")
    func request() throws {
        let key = try #require(try Self.complete.validated(legacyMode: false).key)
        let request = key.request(keyName: "auto-2", challengePassword: Secret("once"))
        #expect(request.keyName == "auto-2" && request.challengePassword == Secret("once"))
        #expect(
            AutoRequestKey(request)
                == AutoRequestKey(
                    keyName: "auto-2", signatureAlgorithm: .sha384, keyLength: 3072, organization: "Example",
                    commonName: "printer.example", use: .ipsec(policy: 3)))
    }

    @Test("T7: a key use is stored by its identifier, and an unknown one is not read")
    func keyUses() throws {
        for use in [KeyUse.none, .tls, .ieee8021X, .ipsec(policy: 1), .ipsec(policy: 10)] {
            let bytes = try StoredJSON.encode(use)
            #expect(String(decoding: bytes, as: UTF8.self) == "\"\(use.identifier)\"")
            #expect(try StoredJSON.decode(KeyUse.self, bytes) == use)
        }
        #expect(throws: MachineError.self) { try StoredJSON.decode(KeyUse.self, Array("\"ipsec-11\"".utf8)) }
    }
}
