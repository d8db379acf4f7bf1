import FoundationEssentials
import Machine

/// `/settings/scep/auto`: [Edit Settings for Certificate Issuance Auto Request] (T1–T8, T10).
struct AutoRequestRoutes: Sendable {
    static let path = "/settings/scep/auto"

    let times: LocalTime

    var routes: [Route] {
        [
            Route(.get, Self.path, access: .systemManager, handler: show),
            Route(.post, Self.path, access: .systemManager, handler: update),
        ]
    }

    private func show(_ context: PageContext) async throws -> Outcome {
        let settings = try await context.machine.autoRequestSettings()
        var form = AutoRequestSettings.Form(settings)
        // With none stored there is none to keep: what is typed is taken.
        form.changesChallengePassword = try await !context.machine.hasStoredChallengePassword()
        let state = try await context.machine.autoRequestState()
        let obstacle = state.isTimerEnabled ? nil : try await obstacle(context)?.lock(context.text)
        var notice = obstacle ?? state.current.flatMap { Self.underWay($0, context.text) }
        if notice == nil { notice = try await .keyLimit(context) }
        return .page(try await page(form, notice: notice, context))
    }

    /// What becomes of a request that is open while the settings are changed.
    static func underWay(_ current: IssuanceProgress, _ text: Texts) -> Lock? {
        let progress = Crumb(text("progress.title"), "/settings/scep/request/progress")
        return switch current.state {
        case .running, .polling: Lock(reason: text("auto.running", current.keyName), link: progress)
        case .waiting: Lock(reason: text("auto.waiting", current.keyName), link: progress)
        case .succeeded, .failed: nil
        }
    }

    private func update(_ context: PageContext) async throws -> Outcome {
        let form = AutoRequestSettings.Form(context)
        // A browser may fill a password in by itself; one that was typed without a tick would be lost without a word, and
        // the field that a refused page has emptied would remove the stored one.
        if form.changesChallengePassword == form.key.challengePassword.isEmpty,
            !form.changesChallengePassword || context.field("challenge_lost") != nil
        {
            return .page(
                try await page(form, errors: problems(form, context), context), status: .unprocessableContent)
        }
        do {
            let change = try await context.machine.updateAutoRequestSettings(form, by: context.administrator)
            context.leave(result(change))
            return .redirect("/settings/scep")
        } catch let errors as FieldErrors<AutoRequestSettings.Field> {
            return .page(try await page(form, errors: errors, context), status: .unprocessableContent)
        } catch let refusal as AutoRequestRefusal {
            return .page(
                try await page(form, notice: refusal.lock(context.text), refusal: refusal, context), status: .conflict)
        }
    }

    /// What else is wrong with a form that is refused already.
    private func problems(
        _ form: AutoRequestSettings.Form, _ context: PageContext
    ) -> FieldErrors<AutoRequestSettings.Field> {
        do {
            _ = try form.validated(legacyMode: context.machine.configuration.legacyMode)
            return FieldErrors()
        } catch {
            return error
        }
    }

    /// What was done: the date of the next request, or that none is scheduled, and that a polled one was stopped.
    func result(_ change: AutoRequestChange) -> Flash {
        let stopped = change.stoppedRequest ? ".stopped" : ""
        guard change.isTimerEnabled else { return Flash(.success, "auto.updated.off\(stopped)") }
        guard let next = change.nextRequest else { return Flash(.success, "auto.updated.nothing\(stopped)") }
        return Flash(.success, "auto.updated.next\(stopped)", times.text(next))
    }

    /// Why the timer could not be switched on at present, said before anything is typed.
    private func obstacle(_ context: PageContext) async throws -> AutoRequestRefusal? {
        let machine = context.machine
        guard let settings = try await machine.communicationSettings() else { return .notConfigured }
        if try await machine.acceptedAuthority() == nil, settings.caFingerprint == nil { return .authorityNotAccepted }
        let current = try await machine.currentIssuance()
        switch current?.state {
        case .running, .polling: return .requestInProgress
        case .waiting: return current?.isManual == true ? .requestWaiting : nil
        case .succeeded, .failed, nil: return nil
        }
    }

    private func page(
        _ form: AutoRequestSettings.Form, errors: FieldErrors<AutoRequestSettings.Field> = FieldErrors(),
        notice: Lock? = nil, refusal: AutoRequestRefusal? = nil, _ context: PageContext
    ) async throws -> AutoRequestPage {
        let isTyped = !form.key.challengePassword.isEmpty
        // Who is told that somebody else has changed the settings may send the form again.
        let sent = refusal == .settingsChanged ? nil : context.field("revision")
        let present = try await context.machine.autoRequestSettings().revision
        let fields = AutoRequestForm(
            form: form, errors: errors, isChallengeUnticked: isTyped && !form.changesChallengePassword,
            isChallengeLost: isTyped || context.field("challenge_lost") != nil && form.changesChallengePassword,
            isRefused: refusal != nil,
            isChallengeStored: try await context.machine.hasStoredChallengePassword(),
            legacyMode: context.machine.configuration.legacyMode, now: context.clock.now(), times: times,
            text: context.text)
        return AutoRequestPage(
            form: fields, errors: ErrorSummary(title: context.text("form.errors.title"), fields: fields.all),
            notice: notice, isRefused: refusal != nil, revision: sent ?? present)
    }
}

extension AutoRequestSettings.Form {
    /// A choice that the form does not send stays the default.
    init(_ context: PageContext) {
        func isTicked(_ name: String) -> Bool { context.field(name) == "on" }
        self.init(AutoRequestSettings())
        revision = context.field("revision")
        isTimerEnabled = isTicked("enable_timer")
        start = context.field("request_start") ?? ""
        adjustsRequestTime = isTicked("adjust_time")
        isPollingEnabled = isTicked("polling")
        pollingTimes = context.field("polling_times") ?? pollingTimes
        pollingInterval = context.field("polling_interval") ?? pollingInterval
        isPeriodic = isTicked("periodic")
        interval = context.field("request_interval") ?? interval
        restartsDevice = isTicked("restart_device")
        deletesOldKey = isTicked("delete_old")
        renewalTrigger = context.field("renewal") ?? renewalTrigger
        renewalDays = context.field("renewal_days") ?? renewalDays
        renewalPercent = context.field("renewal_percent") ?? renewalPercent
        renewalPolicy = context.field("renewal_policy") ?? renewalPolicy
        sendsChallengeOnRenewal = isTicked("renewal_challenge")
        changesChallengePassword = isTicked("change_challenge")
        key = IssuanceRequest.Form(context)
    }
}
