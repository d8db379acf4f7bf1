import FoundationEssentials
import PKI

/// [Settings for Certificate Issuance Auto Request] as they are to be stored: the rules and the write, for one database
/// transaction.
struct AutoRequestUpdate: Sendable {
    let form: AutoRequestSettings.Form
    let administrator: Administrator
    let zone: Zone
    let random: any RandomSource
    let legacyMode: Bool
    let now: Date

    /// Stores everything, or gives the reason why nothing is stored.
    ///
    /// - Throws: `FieldErrors<AutoRequestSettings.Field>`.
    func apply(to tables: Tables) throws -> Result<AutoRequestChange, AutoRequestRefusal> {
        let old = try tables.settings.autoRequestSettings
        if let revision = form.revision, revision != old.revision {
            try tables.audit.append(
                .changeAutoRequestSettings, "", .refused, detail: "changed since the form was opened",
                by: administrator, at: now)
            return .failure(.settingsChanged)
        }
        let new = try validated(after: old)
        if new.isTimerEnabled, !old.isTimerEnabled, let refusal = try refusalToEnable(tables) {
            try tables.audit.append(
                .changeAutoRequestSettings, "", .refused, detail: "timer on: \(refusal)", by: administrator, at: now)
            return .failure(refusal)
        }
        var changes = AutoRequestUpdate.changes(from: old, to: new)
        if form.changesChallengePassword {
            let isRemoved = form.key.challengePassword.isEmpty
            changes.append("challenge password \(isRemoved ? "removed" : "changed")")
            try tables.setChallengePassword(form.key.challengePassword)
        }
        try tables.settings.set(.autoRequest, new)
        if new.schedulesAnew(after: old) {
            var schedule = try tables.settings.autoRequestSchedule
            schedule.reset()
            try tables.settings.set(.autoRequestSchedule, schedule)
            try tables.issuances.clearCarried()
        }
        try tables.audit.append(
            .changeAutoRequestSettings, "", detail: changes.isEmpty ? "no change" : changes.joined(separator: "; "),
            by: administrator, at: now)
        // Who switches something off means what was scheduled by it too (T8).
        if !new.isTimerEnabled || !new.restartsDevice { try tables.keys.clearRestartsDevice() }
        if !new.deletesOldKey { try tables.keys.keepOldKeys() }
        let stopped = try tables.stopPolling(by: administrator, at: now)
        let plan = try tables.autoRequestPlan(at: now, zone: zone, random: random)
        return .success(
            AutoRequestChange(
                isTimerEnabled: new.isTimerEnabled, nextRequest: plan.next?.at, stoppedRequest: stopped))
    }

    /// The form's settings, or every problem at once: a start that counts anew and has passed is one of them.
    private func validated(after old: AutoRequestSettings) throws -> AutoRequestSettings {
        var errors = FieldErrors<AutoRequestSettings.Field>()
        var settings: AutoRequestSettings?
        do {
            settings = try form.validated(legacyMode: legacyMode)
        } catch {
            errors = error
        }
        if errors[.start] == nil, isStartPast(settings ?? timing(after: old), after: old) {
            let isOld = old.isTimerEnabled && LocalDateTime(text: FieldRules.trimmed(form.start)) == old.start
            errors = FieldErrors([.init(.start, isOld ? .startsAnew : .inThePast)] + errors.entries)
        }
        guard let settings, errors.isEmpty else { throw errors }
        return settings
    }

    /// What the form says of times, as far as it can be read, while another field of it has a problem.
    private func timing(after old: AutoRequestSettings) -> AutoRequestSettings {
        var settings = old
        settings.isTimerEnabled = form.isTimerEnabled
        settings.start = LocalDateTime(text: FieldRules.trimmed(form.start))
        settings.isPeriodic = form.isPeriodic
        settings.interval = Int(FieldRules.trimmed(form.interval)) ?? old.interval
        return settings
    }

    private func isStartPast(_ settings: AutoRequestSettings, after old: AutoRequestSettings) -> Bool {
        guard settings.schedulesAnew(after: old), let start = settings.start else { return false }
        return start.date(in: zone) <= now
    }

    private func refusalToEnable(_ tables: Tables) throws -> AutoRequestRefusal? {
        if try !tables.isClockSet(at: now) { return .clockNotSet }
        guard let communication = try tables.settings.value(.communication) else { return .notConfigured }
        if try tables.acceptedAuthority() == nil, communication.caFingerprint == nil { return .authorityNotAccepted }
        if try !(tables.issuances.all(.running) + tables.issuances.all(.polling)).isEmpty { return .requestInProgress }
        // One of the timer's own is taken up again, or given up, when the next request is due.
        return try tables.issuances.all(.waiting).contains { $0.automatic == nil } ? .requestWaiting : nil
    }

    // MARK: Audit

    /// What is another than before, for the audit log. No secret is among the settings.
    static func changes(from old: AutoRequestSettings, to new: AutoRequestSettings) -> [String] {
        zip(items(old), items(new)).compactMap { before, after in
            before.value == after.value ? nil : "\(after.name) \(after.value)"
        }
    }

    private static func items(_ settings: AutoRequestSettings) -> [(name: String, value: String)] {
        let (key, renewal) = (settings.key, settings.renewal)
        let trigger =
            switch renewal.trigger {
            case .off: "off"
            case .daysBefore(let days): "\(days) days before"
            case .percentOfLife(let percent): "at \(percent)% of life"
            }
        return [
            ("timer", word(settings.isTimerEnabled)), ("start", settings.start?.text ?? "none"),
            ("adjust", word(settings.adjustsRequestTime)), ("polling", word(settings.isPollingEnabled)),
            ("polling times", "\(settings.pollingTimes)"), ("polling interval", "\(settings.pollingInterval) min"),
            ("periodic", word(settings.isPeriodic)), ("interval", "\(settings.interval) days"),
            ("restart", word(settings.restartsDevice)), ("delete old key", word(settings.deletesOldKey)),
            ("renewal", trigger), ("renewal policy", renewal.policy.rawValue),
            ("challenge password at renewal", word(renewal.sendsChallengePassword)),
            ("key name", key?.keyName ?? "none"), ("signature algorithm", key?.signatureAlgorithm.rawValue ?? "none"),
            ("key length", key.map { "\($0.keyLength)" } ?? "none"), ("organization", key?.organization ?? "none"),
            ("common name", key?.commonName ?? "none"), ("use", key?.use.identifier ?? "none"),
        ]
    }

    private static func word(_ isOn: Bool) -> String { isOn ? "on" : "off" }
}
