import PKI

extension Machine {
    /// [Settings for Certificate Issuance Auto Request]; everything off until they have been made.
    public func autoRequestSettings() async throws -> AutoRequestSettings {
        try await store.read { try $0.settings.autoRequestSettings }
    }

    /// Whether automatic requests have a challenge password; it is never shown again (T7).
    public func hasStoredChallengePassword() async throws -> Bool {
        try await store.read { try $0.settings.value(.challengePassword) != nil }
    }

    /// [Enable Timer for Certificate Issuance Auto Request]; while it is on, C3 and I4 refuse.
    public func isAutoRequestTimerEnabled() async throws -> Bool { try await store.read { try $0.isTimerEnabled } }

    /// [OK] or [Update]: applies the form whole or not at all, in one database transaction (T8).
    ///
    /// The schedule begins anew when the timer or periodic requests are switched on or a time changes; then the start
    /// has to lie ahead (T4). The challenge password is replaced, or with an empty entry removed, only if the form says
    /// that it changes (T7). Switching the timer off ends what polls, and leaves a restart to the administrator.
    /// - Throws: `FieldErrors<AutoRequestSettings.Field>`; ``AutoRequestRefusal`` when the timer cannot be switched on.
    public func updateAutoRequestSettings(
        _ form: AutoRequestSettings.Form, by administrator: Administrator
    ) async throws -> AutoRequestChange {
        let update = AutoRequestUpdate(
            form: form, administrator: administrator, zone: environment.zone, random: environment.random,
            legacyMode: configuration.legacyMode, now: now)
        // A refusal is returned and not thrown: its audit entry has to be committed.
        let result = try await store.write { try update.apply(to: $0) }
        wakeAutoRequests()
        return try result.get()
    }
}
