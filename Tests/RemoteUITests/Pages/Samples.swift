import FoundationEssentials
import PKI
import SCEP

@testable import Machine
@testable import RemoteUI

/// Every page with everything on it that it can show, made from values whose free texts are `text`.
struct Samples {
    /// Stands in the place of every text that somebody else decides.
    let text: String
    let now = Date(timeIntervalSince1970: 1_795_270_000)
    let times = LocalTime(zone: .fixed(seconds: 9 * 3600))
    let certificate: Certificate
    let authorityCertificate: Certificate

    /// A challenge password.
    static let secret = "open sesame"

    init(_ text: String) throws {
        self.text = text
        let key = try PrivateKey.generate(.p256)
        certificate = try Self.certificate("printer.example.com", of: text, isCA: false, key: key, now: now)
        authorityCertificate = try Self.certificate("Example Device CA", of: text, isCA: true, key: key, now: now)
    }

    private static func certificate(
        _ name: String, of organization: String, isCA: Bool, key: PrivateKey, now: Date
    ) throws -> Certificate {
        try CertificateTemplate(
            subject: try Name(attributes: [(.organization, organization), (.commonName, name)]),
            publicKey: key.publicKey, serialNumber: [0x1F, 0xA0, 0x07], notBefore: now.addingTimeInterval(-86_400),
            notAfter: now.addingTimeInterval(86_400 * 365), isCA: isCA,
            keyUsage: isCA ? [.keyCertSign, .cRLSign] : [.digitalSignature, .keyEncipherment],
            extendedKeyUsages: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            subjectAltNames: [.dns("printer.example.com"), .ip([192, 0, 2, 7])]
        ).selfSigned(with: key, digest: .sha256)
    }

    func entry(
        _ number: Int, _ status: HistoryEntry.Status, _ details: HistoryDetails? = nil, _ cause: IssuanceCause? = nil,
        open: IssuanceID? = nil, isPolled: Bool = false
    ) -> HistoryEntry {
        HistoryEntry(
            number: number, keyName: text, status: status,
            requestDate: now.addingTimeInterval(Double(number - 9) * 86_400),
            details: details, cause: cause, failInfoText: text, microsoftStatus: 0x8009_4012,
            transactionID: "5f1c0a7e93d2b84410ce55aa", isManual: !isPolled, openIssuance: open, issuance: open,
            polling: isPolled ? polling : nil)
    }

    var history: HistoryRows {
        HistoryRows(
            entries: [
                entry(6, .successful), entry(5, .processing, .deferred, .deferred, isPolled: true),
                entry(4, .error, .deferred, .deferred, open: IssuanceID(rawValue: 4)),
                entry(3, .error, .httpStatus(404), .httpStatus), entry(2, .error, .failInfo(2), .refusedByServer),
                entry(1, .toBeProcessed),
            ], next: next, times: times)
    }

    var keys: [KeyEntry] {
        KeyEntry.State.allCases.enumerated().map { index, state in
            KeyEntry(
                name: index == 0 ? "Default Key" : text, use: index == 0 ? .tls : .ipsec(policy: index), state: state,
                isDefault: index == 0, certificate: state == .waitingForCertificate ? nil : certificate, chain: [],
                createdAt: now, tlsProblem: state == .restartPending ? .keyUsage : nil)
        }
    }

    var pendingRestart: [RestartReason] {
        [
            RestartReason(
                keyName: text, use: .tls, newName: text,
                oldKeys: [.init(name: text, isManual: true), .init(name: text, isManual: false)]),
            RestartReason(keyName: text, use: .ieee8021X), RestartReason(keyName: text, use: .none),
        ]
    }

    var polling: IssuanceProgress.Polling { .init(made: 2, limit: 10, nextAt: now.addingTimeInterval(60)) }

    var pollUnderWay: IssuanceProgress.Polling { .init(made: 3, limit: 10, nextAt: nil) }

    var next: AutoRequestState.NextRequest {
        .init(date: now.addingTimeInterval(86_400 * 10), kind: .renewal, keyName: text)
    }

    var authority: AcceptedAuthority {
        AcceptedAuthority(certificate: authorityCertificate, acceptedAt: now, acceptedBy: text)
    }

    var summary: AuthoritySummary {
        AuthoritySummary(
            certificate: authorityCertificate, otherCertificates: [certificate],
            capabilities: ["AES", "POSTPKIOperation", "SHA-256", text])
    }

    func communication() throws -> CommunicationSettings {
        CommunicationSettings(
            server: try ServerURL(url: "http://ca.example.com/certsrv/mscep/mscep.dll", port: 80),
            caFingerprint: Fingerprint(of: authorityCertificate))
    }

    func status(errors: [ErrorInformation]) -> MachineStatus {
        MachineStatus(
            state: .ready, errors: errors, startedAt: now, addresses: NetworkAddress.current(), tlsKey: keys[0],
            pendingRestart: [], lastRequest: entry(6, .error, .deferred, .deferred), autoRequest: autoState(nil))
    }

    func progress(
        _ state: IssuanceProgress.State, _ history: HistoryEntry, isManual: Bool = true
    ) -> IssuanceProgress {
        let states: [StepState] =
            switch state {
            case .running: [.done, .done, .running, .waiting, .waiting]
            case .waiting, .polling: [.done, .done, .done, .running, .waiting]
            case .succeeded: [.done, .done, .done, .done, .done]
            case .failed: [.done, .done, .done, .failed, .waiting]
            }
        return IssuanceProgress(
            id: IssuanceID(rawValue: 1), keyName: text, use: .ieee8021X, state: state,
            steps: zip(IssuanceProgress.Kind.allCases, states).map {
                .init($0, $1, detail: $1 == .waiting ? "" : text)
            },
            startedAt: now, askedAt: now, history: history, isManual: isManual && state != .polling,
            polling: state == .polling ? polling : state == .running && !isManual ? pollUnderWay : nil)
    }

    func test(isRunning: Bool, cause: IssuanceCause?) -> ConnectionTest {
        let states: [StepState] = isRunning ? [.done, .running, .waiting, .waiting] : [.done, .done, .done, .done]
        return ConnectionTest(
            server: text, startedAt: now,
            steps: zip(ConnectionTest.Kind.allCases, states).map { .init($0, $1, detail: text) }, isRunning: isRunning,
            cause: cause, httpStatus: cause == .httpStatus ? 500 : nil, authority: isRunning ? nil : summary,
            isAccepted: false)
    }

    func request() throws -> IssuanceRequest {
        var form = IssuanceRequest.Form(
            keyName: "web", organization: "Example, Inc.", commonName: "printer.example.com",
            challengePassword: Secret(Self.secret))
        form.keyUseLocation = "ipsec"
        form.ipsecPolicy = "3"
        return try form.validated(legacyMode: false)
    }

    private func fields(_ words: Texts) -> [FormField] {
        let choice = FormField.Option(value: text, name: text)
        return [
            FormField(id: "first", label: "First", hint: text, kind: .text, value: text, isRequired: true, error: text),
            FormField(id: "second", label: "Second", hint: text, kind: .number(unit: text), value: text),
            FormField(
                id: "third", label: "Third", hint: text, kind: .secret(autocomplete: "off"), value: text, error: text),
            FormField(id: "fourth", label: "Fourth", hint: text, kind: .choice([choice]), value: text, error: text),
            FormField(id: "fifth", label: "Fifth", hint: text, kind: .checkbox, value: "on", error: text),
        ]
    }

    private func requestPage(_ words: Texts, lock: Lock? = nil) -> RequestPage {
        let form = IssuanceRequest.Form(
            keyName: text, organization: text, commonName: text, challengePassword: Secret(Self.secret))
        let errors = FieldErrors<IssuanceRequest.Field>(
            IssuanceRequest.Field.allCases.map { .init($0, .invalidCharacter) })
        let fields = RequestForm(form: form, errors: errors, legacyMode: true, text: words)
        return RequestPage(
            form: fields, errors: ErrorSummary(title: words("form.errors.request"), fields: fields.all), lock: lock,
            lookUpTimeout: 7)
    }

    /// Every state that a page can be in, by name.
    func pages(_ words: Texts) throws -> [(name: String, page: any PageModel)] {
        let fields = fields(words)
        let errors = ErrorSummary(title: words("form.errors.title"), fields: fields)
        let facts = [
            Fact(text, text, note: text), Fact(text, .figures(text)), Fact(text, .time(times.value(now))),
            Fact(text, .status(StatusWord(.good, text))), Fact(text, .lines([text, text])),
        ]
        let form = FormPage(
            title: text, lead: text, menuItem: "/settings/device-information", action: "/settings/x", back: "/settings",
            fields: fields, errors: errors, lock: Lock(reason: text, link: Crumb(text, "/settings/scep")))
        let waiting = entry(4, .error, .deferred, .deferred, open: IssuanceID(rawValue: 1))
        let polled = entry(5, .processing, .deferred, .deferred, isPolled: true)
        let failed = entry(2, .error, .failInfo(2), .refusedByServer)
        func portal(_ errors: [ErrorInformation], isSystemManager: Bool, _ settings: CommunicationSettings?)
            -> PortalPage
        {
            PortalPage(
                device: DeviceInformation(deviceName: text, location: text), status: status(errors: errors),
                communication: settings, authority: settings == nil ? nil : authority, isSystemManager: isSystemManager,
                now: now, times: times)
        }
        return [
            ("setup", SetUpPage(fields: fields, errors: errors)),
            (
                "login",
                LoginPage(
                    reason: text, isRefused: true, next: text, offersGeneralUserMode: true, systemManagerID: text,
                    userName: text)
            ),
            ("login-plain", LoginPage(next: nil, offersGeneralUserMode: false)),
            (
                "portal",
                portal(
                    [.keyCorrupted(name: text), .automaticRequestFailed(keyName: text)], isSystemManager: true,
                    try communication())
            ),
            ("portal-general", portal([], isSystemManager: false, nil)),
            ("settings", SettingsPage(menu: Pages.menu)),
            (
                "settings-block",
                SettingsBlockPage(
                    title: text, lead: text, menuItem: "/settings/security", facts: facts, edit: "/settings/x")
            ),
            ("form", form),
            (
                "question",
                QuestionPage(
                    title: text, question: text, consequences: [text], facts: facts, menuItem: "/settings/restart",
                    action: "/settings/x", button: text, isDestructive: true, back: "/settings")
            ),
            (
                "scep",
                SCEPPage(
                    communication: try communication(), authority: authority,
                    openRequest: progress(.waiting, waiting), auto: try autoRequest(),
                    autoState: autoState(progress(.polling, polled)), isChallengeStored: true, history: history,
                    times: times)
            ),
            (
                "scep-empty",
                SCEPPage(
                    communication: nil, authority: nil, openRequest: nil, auto: AutoRequestSettings(),
                    autoState: AutoRequestState(
                        isTimerEnabled: false, nextRequest: nil, current: nil, lastSuccess: nil),
                    isChallengeStored: false, history: HistoryRows(entries: [], next: nil, times: times),
                    times: times)
            ),
            (
                "connection-test",
                ConnectionTestPage(test: test(isRunning: false, cause: nil), accepted: nil, now: now, times: times)
            ),
            (
                "connection-test-accepted",
                ConnectionTestPage(
                    test: test(isRunning: false, cause: nil), accepted: authority, now: now, times: times)
            ),
            (
                "connection-test-changed",
                ConnectionTestPage(
                    test: test(isRunning: false, cause: nil),
                    accepted: AcceptedAuthority(certificate: certificate, acceptedAt: now, acceptedBy: text),
                    now: now, times: times)
            ),
            (
                "connection-test-failed",
                ConnectionTestPage(
                    test: test(isRunning: false, cause: .httpStatus), accepted: nil, now: now, times: times)
            ),
            (
                "connection-test-running",
                ConnectionTestPage(test: test(isRunning: true, cause: nil), accepted: nil, now: now, times: times)
            ),
            ("request", requestPage(words)),
            ("request-locked", requestPage(words, lock: .init(reason: text, link: Crumb(text, "/settings/scep")))),
            (
                "confirm",
                ConfirmPage(
                    draft: text, request: try request(),
                    preparation: .confirmAuthority(summary, try communication().server), now: now, times: times)
            ),
            ("look-up", LookUpPage(draft: text, settings: try communication())),
            (
                "progress-running",
                ProgressPage(
                    progress: progress(.running, entry(5, .processing)), isFunctionEnabled: false,
                    restart: nil, hasNextRequest: true, times: times)
            ),
            (
                "progress-deferred",
                ProgressPage(
                    progress: progress(.waiting, waiting), isFunctionEnabled: false, restart: nil,
                    hasNextRequest: true, times: times)
            ),
            (
                "progress-failed",
                ProgressPage(
                    progress: progress(.failed, failed), isFunctionEnabled: false, restart: nil,
                    hasNextRequest: true, times: times
                )
            ),
            (
                "progress-succeeded",
                ProgressPage(
                    progress: progress(.succeeded, entry(6, .successful)), isFunctionEnabled: false,
                    restart: .administrator, hasNextRequest: true, times: times)
            ),
            (
                "progress-succeeded-unusable",
                ProgressPage(
                    progress: progress(.succeeded, entry(6, .successful)), isFunctionEnabled: true,
                    restart: .administrator, tlsProblem: .keyUsage, hasNextRequest: true, times: times)
            ),
            (
                "progress-succeeded-automatic",
                ProgressPage(
                    progress: progress(.succeeded, entry(6, .successful), isManual: false), isFunctionEnabled: false,
                    restart: .device, hasNextRequest: true, times: times)
            ),
            (
                "progress-poll-under-way",
                ProgressPage(
                    progress: progress(.running, polled, isManual: false), isFunctionEnabled: false, restart: nil,
                    hasNextRequest: true, times: times)
            ),
            (
                "progress-polling",
                ProgressPage(
                    progress: progress(.polling, polled), isFunctionEnabled: false, restart: nil,
                    hasNextRequest: true, times: times)
            ),
            (
                "progress-waiting",
                ProgressPage(
                    progress: progress(.waiting, waiting, isManual: false), isFunctionEnabled: false,
                    restart: nil, hasNextRequest: true, times: times)
            ),
            (
                "progress-waiting-off",
                ProgressPage(
                    progress: progress(.waiting, waiting, isManual: false), isFunctionEnabled: false,
                    restart: nil, hasNextRequest: false, times: times)
            ),
            (
                "progress-failed-automatic",
                ProgressPage(
                    progress: progress(.failed, failed, isManual: false), isFunctionEnabled: false,
                    restart: nil, hasNextRequest: true, times: times)
            ),
            ("auto", try autoPage(words)),
            ("auto-wrong", try autoPage(words, isWrong: true)),
            ("auto-noticed", try autoPage(words, notice: AutoRequestRefusal.notConfigured.lock(words))),
            (
                "auto-refused",
                try autoPage(words, notice: AutoRequestRefusal.requestWaiting.lock(words), isRefused: true)
            ),
            ("status-polling", StatusDetailsPage(entry: polled, times: times)),
            ("status", StatusPage(history: history)),
            ("status-details", StatusDetailsPage(entry: failed, times: times)),
            ("status-details-open", StatusDetailsPage(entry: waiting, times: times)),
            ("keys", KeysPage(keys: keys, limit: 8, pendingRestart: pendingRestart, times: times)),
            ("key", KeyPage(key: keys[4], pendingRestart: pendingRestart, now: now, times: times)),
            ("key-default", KeyPage(key: keys[0], pendingRestart: pendingRestart, now: now, times: times)),
            ("key-waiting", KeyPage(key: keys[3], pendingRestart: pendingRestart, now: now, times: times)),
            ("waiting", WaitingPage(instance: text)),
        ]
    }
}
