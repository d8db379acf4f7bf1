extension AutoRequestSettings {
    /// The form as it was typed.
    public struct Form: Equatable, Sendable {
        public var isTimerEnabled: Bool
        /// As `2026-12-01T02:00`.
        public var start: String
        public var adjustsRequestTime: Bool
        public var isPollingEnabled: Bool
        public var pollingTimes: String
        public var pollingInterval: String
        public var isPeriodic: Bool
        public var interval: String
        public var restartsDevice: Bool
        public var deletesOldKey: Bool
        /// `off`, `days` or `percent`.
        public var renewalTrigger: String
        public var renewalDays: String
        public var renewalPercent: String
        /// The raw value of a ``RenewalPolicy``.
        public var renewalPolicy: String
        public var sendsChallengeOnRenewal: Bool
        public var key: IssuanceRequest.Form
        /// Whether the challenge password of ``key`` takes the stored one's place; if not, it is not looked at.
        public var changesChallengePassword: Bool
        /// The ``AutoRequestSettings/revision`` of the settings that the form was made from: others by now are not
        /// overwritten. Nil: whatever they are by now.
        public var revision: String?

        /// The form of settings as they are; the challenge password is never shown again (T7).
        public init(_ settings: AutoRequestSettings) {
            isTimerEnabled = settings.isTimerEnabled
            start = settings.start?.text ?? ""
            adjustsRequestTime = settings.adjustsRequestTime
            isPollingEnabled = settings.isPollingEnabled
            pollingTimes = String(settings.pollingTimes)
            pollingInterval = String(settings.pollingInterval)
            isPeriodic = settings.isPeriodic
            interval = String(settings.interval)
            restartsDevice = settings.restartsDevice
            deletesOldKey = settings.deletesOldKey
            renewalDays = String(RenewalSettings.defaultDays)
            renewalPercent = String(RenewalSettings.defaultPercent)
            switch settings.renewal.trigger {
            case .off: renewalTrigger = "off"
            case .daysBefore(let days):
                renewalTrigger = "days"
                renewalDays = String(days)
            case .percentOfLife(let percent):
                renewalTrigger = "percent"
                renewalPercent = String(percent)
            }
            renewalPolicy = settings.renewal.policy.rawValue
            sendsChallengeOnRenewal = settings.renewal.sendsChallengePassword
            key = IssuanceRequest.Form(settings.key)
            changesChallengePassword = false
        }

        /// The settings, or every problem at once. Whether the start lies ahead is the machine's answer.
        ///
        /// A number that belongs to something switched off may be left out and takes its default; one that is there is
        /// checked all the same. The start and the key settings may be left out while the timer is off.
        public func validated(legacyMode: Bool) throws(FieldErrors<Field>) -> AutoRequestSettings {
            var errors = FieldErrors<Field>()
            var settings = AutoRequestSettings()
            settings.isTimerEnabled = isTimerEnabled
            settings.start = validatedStart(&errors)
            settings.adjustsRequestTime = adjustsRequestTime
            settings.isPollingEnabled = isPollingEnabled
            settings.pollingTimes = number(
                pollingTimes, in: AutoRequestSettings.pollingTimes, default: defaultPollingTimes,
                isOn: isPollingEnabled, .pollingTimes, &errors)
            settings.pollingInterval = number(
                pollingInterval, in: AutoRequestSettings.pollingIntervals, default: defaultPollingInterval,
                isOn: isPollingEnabled, .pollingInterval, &errors)
            settings.isPeriodic = isPeriodic
            settings.interval = validatedInterval(&errors)
            settings.restartsDevice = restartsDevice
            settings.deletesOldKey = deletesOldKey
            settings.renewal = validatedRenewal(&errors)
            settings.key = validatedKey(legacyMode: legacyMode, &errors)
            guard errors.isEmpty else { throw errors }
            return settings
        }

        private func validatedStart(_ errors: inout FieldErrors<Field>) -> LocalDateTime? {
            let text = FieldRules.trimmed(start)
            if text.isEmpty, !isTimerEnabled { return nil }
            return errors.check(.start) { () throws(FieldProblemError) in
                guard !text.isEmpty else { throw FieldProblemError(.required) }
                guard let value = LocalDateTime(text: text) else { throw FieldProblemError(.notADateTime) }
                return value
            }
        }

        private func validatedInterval(_ errors: inout FieldErrors<Field>) -> Int {
            let text = FieldRules.trimmed(interval)
            if text.isEmpty, !isPeriodic { return defaultInterval }
            let days = errors.check(.interval) { () throws(FieldProblemError) in
                guard !text.isEmpty else { throw FieldProblemError(.required) }
                guard let choice = intervals.first(where: { String($0) == text }) else {
                    throw FieldProblemError(.notOffered)
                }
                return choice
            }
            return days ?? defaultInterval
        }

        private func validatedRenewal(_ errors: inout FieldErrors<Field>) -> RenewalSettings {
            var renewal = RenewalSettings(sendsChallengePassword: sendsChallengeOnRenewal)
            if !["off", "days", "percent"].contains(renewalTrigger) {
                errors.add(.renewalTrigger, renewalTrigger.isEmpty ? .required : .notOffered)
            }
            let days = number(
                renewalDays, in: RenewalSettings.days, default: RenewalSettings.defaultDays,
                isOn: renewalTrigger == "days", .renewalDays, &errors)
            let percent = number(
                renewalPercent, in: RenewalSettings.percents, default: RenewalSettings.defaultPercent,
                isOn: renewalTrigger == "percent", .renewalPercent, &errors)
            if renewalTrigger == "days" { renewal.trigger = .daysBefore(days) }
            if renewalTrigger == "percent" { renewal.trigger = .percentOfLife(percent) }
            if let policy = RenewalPolicy(rawValue: renewalPolicy) {
                renewal.policy = policy
            } else {
                errors.add(.renewalPolicy, renewalPolicy.isEmpty ? .required : .notOffered)
            }
            return renewal
        }

        private func validatedKey(legacyMode: Bool, _ errors: inout FieldErrors<Field>) -> AutoRequestKey? {
            var form = key
            if !changesChallengePassword { form.challengePassword = Secret("") }
            let isLeftOut = [form.keyName, form.commonName].allSatisfy { FieldRules.trimmed($0).isEmpty }
            do {
                return AutoRequestKey(try form.validated(legacyMode: legacyMode))
            } catch {
                for entry in error.entries {
                    let isOptional = !isTimerEnabled && isLeftOut && [.keyName, .commonName].contains(entry.field)
                    if !isOptional { errors.add(.key(entry.field), entry.problem) }
                }
                return nil
            }
        }

        /// The number of a field; when its function is off it may be left out.
        private func number(
            _ text: String, in range: ClosedRange<Int>, default fallback: Int, isOn: Bool, _ field: Field,
            _ errors: inout FieldErrors<Field>
        ) -> Int {
            let text = FieldRules.trimmed(text)
            if text.isEmpty, !isOn { return fallback }
            let value = errors.check(field) { () throws(FieldProblemError) in
                try FieldRules.integer(text, in: range)
            }
            return value ?? fallback
        }
    }
}
