import Machine

/// `/setup`: one step, once (L1).
struct SetUpRoutes: Sendable {
    var routes: [Route] {
        [
            Route(.get, "/setup", access: .beforeSetUp, handler: show),
            Route(.post, "/setup", access: .beforeSetUp, handler: setUp),
        ]
    }

    private func show(_ context: PageContext) async throws -> Outcome {
        .page(page(SetUpForm(code: "", systemManagerID: "", pin: "", pinAgain: ""), context.text))
    }

    private func setUp(_ context: PageContext) async throws -> Outcome {
        let form = SetUpForm(
            code: context.field("code") ?? "", systemManagerID: context.field("system_manager_id") ?? "",
            pin: context.field("pin") ?? "", pinAgain: context.field("pin_again") ?? "")
        do {
            try await context.machine.setUp(form, from: context.request.remoteAddress)
        } catch let errors as FieldErrors<SetUpForm.Field> {
            return refused(page(form, errors: errors, context.text))
        } catch SetUpError.refused {
            return refused(page(form, codeError: context.text("setup.refused"), context.text))
        } catch SetUpError.alreadySetUp {
            return .redirect("/login")
        }
        return .redirect("/login?notice=set-up")
    }

    private func refused(_ page: SetUpPage) -> Outcome { .page(page, status: .unprocessableContent) }

    private func page(
        _ form: SetUpForm, errors: FieldErrors<SetUpForm.Field> = FieldErrors(), codeError: String? = nil,
        _ text: Texts
    ) -> SetUpPage {
        func error(_ field: SetUpForm.Field) -> String? { errors[field]?.words(text) }
        let fields = [
            FormField(
                id: "code", label: text("setup.code"), hint: text("setup.code.hint"), kind: .text,
                isRequired: true, error: codeError ?? error(.code)),
            FormField(
                id: "system_manager_id", label: text("manager.id"), hint: text("manager.id.hint"), kind: .text,
                value: form.systemManagerID, isRequired: true, error: error(.systemManagerID),
                autocomplete: "username"),
            FormField(
                id: "pin", label: text("manager.pin"), hint: text("manager.pin.hint"),
                kind: .secret(autocomplete: "new-password"), isRequired: true, error: error(.pin)),
            FormField(
                id: "pin_again", label: text("manager.pin-again"), hint: text("manager.pin-again.hint"),
                kind: .secret(autocomplete: "new-password"), isRequired: true, error: error(.pinAgain)),
        ]
        return SetUpPage(
            fields: fields, errors: ErrorSummary(title: text("form.errors.title"), fields: fields))
    }
}
