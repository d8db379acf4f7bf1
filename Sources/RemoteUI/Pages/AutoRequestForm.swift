import FoundationEssentials
import Machine

/// The fields of [Edit Settings for Certificate Issuance Auto Request] (T1–T7, T10), in their groups.
struct AutoRequestForm: Sendable {
    /// One group: its name, what holds for all of it, and its fields.
    struct Panel: Sendable {
        /// The raw value is part of the catalogue keys and of the ids.
        enum Kind: String, Sendable, CaseIterable { case timer, polling, periodic, after, renewal, key }

        let kind: Kind
        let fields: [FormField]
    }

    let form: AutoRequestSettings.Form
    var errors = FieldErrors<AutoRequestSettings.Field>()
    /// A challenge password was typed, and [Change Challenge Password] was not ticked.
    var isChallengeUnticked = false
    /// A challenge password was typed into a form that was refused: no page holds it, so that it has to be typed again.
    var isChallengeLost = false
    /// The form was refused for something else than its fields, which is said first.
    var isRefused = false
    let isChallengeStored: Bool
    let legacyMode: Bool
    let now: Date
    let times: LocalTime
    let text: Texts

    var panels: [Panel] {
        [
            Panel(kind: .timer, fields: timer), Panel(kind: .polling, fields: polling),
            Panel(kind: .periodic, fields: periodic), Panel(kind: .after, fields: after),
            Panel(kind: .renewal, fields: renewal), Panel(kind: .key, fields: key),
        ]
    }

    var all: [FormField] { panels.flatMap(\.fields) }

    private var timer: [FormField] {
        var start = field("request_start", "auto.start", .dateTime, form.start, .start)
        start.condition = text("form.required.timer")
        start.hint =
            text("auto.start.now", times.text(now), times.offset(at: now)) + text("form.sentence-space") + start.hint
        return [
            tick("enable_timer", "auto.timer", form.isTimerEnabled), start,
            tick("adjust_time", "auto.adjust", form.adjustsRequestTime),
        ]
    }

    private var polling: [FormField] {
        [
            tick("polling", "auto.polling", form.isPollingEnabled),
            number("polling_times", "auto.polling-times", "form.times", form.pollingTimes, .pollingTimes),
            number(
                "polling_interval", "auto.polling-interval", "form.minutes", form.pollingInterval, .pollingInterval),
        ]
    }

    private var periodic: [FormField] {
        let intervals = AutoRequestSettings.intervals.map { days in
            FormField.Option(
                value: String(days),
                name: days == AutoRequestSettings.defaultInterval
                    ? text("request.default", text.days(days)) : text.days(days))
        }
        return [
            tick("periodic", "auto.periodic", form.isPeriodic),
            field("request_interval", "auto.interval", .choice(intervals), form.interval, isRequired: true, .interval),
        ]
    }

    private var after: [FormField] {
        var restart = tick("restart_device", "auto.restart", form.restartsDevice)
        restart.caution = text("auto.restart.caution")
        var delete = tick("delete_old", "auto.delete", form.deletesOldKey)
        delete.caution = text("auto.delete.caution")
        return [restart, delete]
    }

    private var renewal: [FormField] {
        let triggers = ["off", "days", "percent"].map { trigger in
            FormField.Option(value: trigger, name: text("auto.renewal.\(trigger)"))
        }
        let policies = RenewalPolicy.allCases.map { policy in
            FormField.Option(
                value: policy.rawValue,
                name: policy == .automatic ? text("request.default", policy.words(text)) : policy.words(text))
        }
        return [
            FormField(
                id: "renewal", label: text("auto.renewal"), hint: text("auto.renewal.hint"), kind: .choice(triggers),
                value: form.renewalTrigger, isRequired: true, error: errors[.renewalTrigger]?.words(text)),
            number("renewal_days", "auto.renewal-days", "form.days", form.renewalDays, .renewalDays),
            number("renewal_percent", "auto.renewal-percent", "form.percent", form.renewalPercent, .renewalPercent),
            field(
                "renewal_policy", "auto.policy", .choice(policies), form.renewalPolicy, isRequired: true,
                .renewalPolicy),
            tick("renewal_challenge", "auto.renewal-challenge", form.sendsChallengeOnRenewal),
        ]
    }

    /// The fields of the request by hand, with what is different when the machine asks by itself.
    private var key: [FormField] {
        let entries = errors.entries.compactMap { entry -> FieldErrors<IssuanceRequest.Field>.Entry? in
            if case .key(let field) = entry.field { return .init(field, entry.problem) }
            return nil
        }
        let request = RequestForm(form: form.key, errors: FieldErrors(entries), legacyMode: legacyMode, text: text)
        return (request.key + request.certificate + request.use).flatMap { field -> [FormField] in
            var field = field
            switch field.id {
            case "key_name":
                field.hint = text("auto.key-name.hint")
                field.condition = text("form.required.timer")
            case "common_name": field.condition = text("form.required.timer")
            case "challenge_password":
                field.hint = text("auto.challenge.hint")
                if isChallengeUnticked {
                    field.error = text("problem.challenge-not-ticked")
                } else if isChallengeLost, !isRefused, field.error == nil {
                    field.error = text("problem.challenge-lost")
                } else if isChallengeLost {
                    field.hint = text("request.challenge.again") + text("form.sentence-space") + field.hint
                }
                return [change, field]
            default: break
            }
            return [field]
        }
    }

    private var change: FormField {
        FormField(
            id: "change_challenge", label: text("auto.change-challenge"),
            hint: text(isChallengeStored ? "auto.challenge.stored.hint" : "auto.challenge.none.hint"),
            kind: .checkbox, value: form.changesChallengePassword ? "on" : "")
    }

    private func tick(_ id: String, _ key: String, _ isTicked: Bool) -> FormField {
        FormField(
            id: id, label: text(key), hint: text("\(key).hint"), kind: .checkbox, value: isTicked ? "on" : "")
    }

    private func number(
        _ id: String, _ key: String, _ unit: String, _ value: String, _ field: AutoRequestSettings.Field
    ) -> FormField {
        var number = self.field(id, key, .number(unit: text(unit)), value, field)
        number.condition = text("form.required.selected")
        return number
    }

    private func field(
        _ id: String, _ key: String, _ kind: FormField.Kind, _ value: String, isRequired: Bool = false,
        _ field: AutoRequestSettings.Field
    ) -> FormField {
        FormField(
            id: id, label: text(key), hint: text("\(key).hint"), kind: kind, value: value, isRequired: isRequired,
            error: errors[field]?.words(text))
    }
}
