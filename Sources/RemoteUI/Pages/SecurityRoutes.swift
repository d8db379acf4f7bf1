import Machine

/// `/settings/security`: lock-out, session time-out, General User Mode (L2, L4, L5).
struct SecurityRoutes: Sendable {
    private static let path = "/settings/security"

    var routes: [Route] { SettingsBlockPage.routes(Self.path, show: show, edit: edit, update: update) }

    private func show(_ context: PageContext) async throws -> Outcome {
        let text = context.text
        let settings = try await context.machine.securitySettings()
        func onOff(_ isOn: Bool) -> Fact.Content {
            .status(StatusWord(isOn ? .good : .off, text(isOn ? "security.on" : "security.off")))
        }
        return .page(
            SettingsBlockPage(
                title: text("security.title"), lead: text("security.lead"), menuItem: Self.path,
                facts: [
                    Fact(text("security.lockout"), onOff(settings.isLockoutEnabled)),
                    Fact(text("security.threshold"), text.times(settings.lockoutThreshold)),
                    Fact(text("security.period"), text.minutes(settings.lockoutPeriod)),
                    Fact(text("security.session"), text.minutes(settings.sessionTimeout)),
                    Fact(text("security.general"), onOff(settings.isGeneralUserModeEnabled)),
                ], edit: Self.path + "/edit"))
    }

    private func edit(_ context: PageContext) async throws -> Outcome {
        .page(page(SecuritySettings.Form(try await context.machine.securitySettings()), context.text))
    }

    private func update(_ context: PageContext) async throws -> Outcome {
        let form = SecuritySettings.Form(
            isLockoutEnabled: context.field("lockout") == "on",
            lockoutThreshold: context.field("lockout_threshold") ?? "",
            lockoutPeriod: context.field("lockout_period") ?? "",
            sessionTimeout: context.field("session_timeout") ?? "",
            isGeneralUserModeEnabled: context.field("general_user_mode") == "on")
        do {
            try await context.machine.updateSecuritySettings(form.validated(), by: context.administrator)
        } catch let errors as FieldErrors<SecuritySettings.Field> {
            return .page(page(form, errors: errors, context.text), status: .unprocessableContent)
        }
        if !form.isGeneralUserModeEnabled { context.endGeneralUsers() }
        context.leave(Flash(.success, "security.updated"))
        return .redirect(Self.path)
    }

    private func page(
        _ form: SecuritySettings.Form, errors: FieldErrors<SecuritySettings.Field> = FieldErrors(), _ text: Texts
    ) -> FormPage {
        func number(
            _ id: String, _ key: String, _ unit: String, _ value: String, _ field: SecuritySettings.Field
        ) -> FormField {
            FormField(
                id: id, label: text(key), hint: text("\(key).hint"), kind: .number(unit: text(unit)), value: value,
                isRequired: true, error: errors[field]?.words(text))
        }
        let fields = [
            FormField(
                id: "lockout", label: text("security.lockout"), hint: text("security.lockout.hint"), kind: .checkbox,
                value: form.isLockoutEnabled ? "on" : ""),
            number("lockout_threshold", "security.threshold", "form.times", form.lockoutThreshold, .lockoutThreshold),
            number("lockout_period", "security.period", "form.minutes", form.lockoutPeriod, .lockoutPeriod),
            number("session_timeout", "security.session", "form.minutes", form.sessionTimeout, .sessionTimeout),
            FormField(
                id: "general_user_mode", label: text("security.general"), hint: text("security.general.hint"),
                kind: .checkbox, value: form.isGeneralUserModeEnabled ? "on" : ""),
        ]
        return FormPage(
            title: text("security.edit.title"), lead: text("security.lead"), menuItem: Self.path,
            action: Self.path + "/edit", back: Self.path, fields: fields,
            errors: ErrorSummary(title: text("form.errors.title"), fields: fields))
    }
}
