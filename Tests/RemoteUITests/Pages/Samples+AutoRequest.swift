import SCEP

@testable import Machine
@testable import RemoteUI

/// The auto request with everything that its pages can show.
extension Samples {
    func autoState(_ current: IssuanceProgress?) -> AutoRequestState {
        AutoRequestState(isTimerEnabled: true, nextRequest: next, current: current, lastSuccess: now)
    }

    /// Settings with every item set, as the form gives them.
    func autoRequest() throws -> AutoRequestSettings {
        var settings = try autoForm().validated(legacyMode: false)
        // A stored name is somebody's text too.
        settings.key = settings.key.map {
            AutoRequestKey(
                keyName: text, signatureAlgorithm: $0.signatureAlgorithm, keyLength: $0.keyLength,
                organization: text, commonName: text, use: .ieee8021X)
        }
        return settings
    }

    func autoForm() -> AutoRequestSettings.Form {
        var form = AutoRequestSettings.Form(AutoRequestSettings())
        form.isTimerEnabled = true
        form.start = "2027-03-14T02:30"
        form.adjustsRequestTime = true
        form.isPollingEnabled = true
        form.isPeriodic = true
        form.interval = "30"
        form.restartsDevice = true
        form.deletesOldKey = true
        form.renewalTrigger = "percent"
        form.sendsChallengeOnRenewal = true
        form.changesChallengePassword = true
        form.key = IssuanceRequest.Form(
            keyName: "web", organization: "Example, Inc.", commonName: "printer.example.com",
            challengePassword: Secret(Self.secret))
        return form
    }

    /// Every field of the form that can be wrong.
    static let autoFields: [AutoRequestSettings.Field] =
        [
            .start, .pollingTimes, .pollingInterval, .interval, .renewalTrigger, .renewalDays, .renewalPercent,
            .renewalPolicy,
        ] + IssuanceRequest.Field.allCases.map(AutoRequestSettings.Field.key)

    func autoPage(
        _ words: Texts, isWrong: Bool = false, notice: Lock? = nil, isRefused: Bool = false
    ) throws -> AutoRequestPage {
        var form = autoForm()
        if isWrong {
            form.start = text
            form.pollingTimes = text
            form.pollingInterval = text
            form.renewalDays = text
            form.renewalPercent = text
            form.key.keyName = text
            form.key.organization = text
            form.key.commonName = text
        }
        let problems = isWrong ? Self.autoFields.map { ($0, FieldProblem.inThePast) } : []
        let fields = AutoRequestForm(
            form: form, errors: FieldErrors(problems.map { .init($0.0, $0.1) }), isChallengeStored: isWrong,
            legacyMode: isWrong, now: now, times: times, text: words)
        return AutoRequestPage(
            form: fields, errors: ErrorSummary(title: words("form.errors.title"), fields: fields.all), notice: notice,
            isRefused: isRefused, revision: text)
    }
}
