import Machine

/// `/settings/system-manager`: the administrator's ID, and a form to change the PIN (L3, L5).
struct SystemManagerRoutes: Sendable {
    private static let path = "/settings/system-manager"

    var routes: [Route] { SettingsBlockPage.routes(Self.path, show: show, edit: edit, update: change) }

    private func show(_ context: PageContext) async throws -> Outcome {
        let text = context.text
        return .page(
            SettingsBlockPage(
                title: text("manager.title"), lead: text("manager.lead"), menuItem: Self.path,
                facts: [
                    Fact(text("manager.id"), context.session?.role.name ?? ""),
                    Fact(text("manager.pin"), text("manager.pin.set")),
                ], edit: Self.path + "/edit"))
    }

    private func edit(_ context: PageContext) async throws -> Outcome { .page(page(context.text)) }

    private func change(_ context: PageContext) async throws -> Outcome {
        let form = ChangePINForm(
            current: context.field("current_pin") ?? "", new: context.field("pin") ?? "",
            newAgain: context.field("pin_again") ?? "")
        do {
            guard try await context.machine.changePIN(form, by: context.administrator) == .accepted else {
                let error = context.text("manager.current.wrong")
                return .page(page(currentError: error, context.text), status: .unprocessableContent)
            }
        } catch let errors as FieldErrors<ChangePINForm.Field> {
            return .page(page(errors: errors, context.text), status: .unprocessableContent)
        }
        context.endOtherSessions()
        context.leave(Flash(.success, "manager.updated"))
        return .redirect(Self.path)
    }

    private func page(
        errors: FieldErrors<ChangePINForm.Field> = FieldErrors(), currentError: String? = nil, _ text: Texts
    ) -> FormPage {
        let fields = [
            FormField(
                id: "current_pin", label: text("manager.current"), hint: text("manager.current.hint"),
                kind: .secret(autocomplete: "current-password"), isRequired: true,
                error: currentError ?? errors[.current]?.words(text)),
            FormField(
                id: "pin", label: text("manager.new"), hint: text("manager.pin.hint"),
                kind: .secret(autocomplete: "new-password"), isRequired: true, error: errors[.new]?.words(text)),
            FormField(
                id: "pin_again", label: text("manager.new-again"), hint: text("manager.pin-again.hint"),
                kind: .secret(autocomplete: "new-password"), isRequired: true,
                error: errors[.newAgain]?.words(text)),
        ]
        return FormPage(
            title: text("manager.edit.title"), lead: text("manager.edit.lead"), menuItem: Self.path,
            action: Self.path + "/edit", back: Self.path, fields: fields,
            errors: ErrorSummary(title: text("form.errors.title"), fields: fields))
    }
}
