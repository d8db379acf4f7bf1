import Machine

/// `/settings/scep/communication`: [Edit Communication Settings] (C1–C4).
struct CommunicationRoutes: Sendable {
    private static let path = "/settings/scep/communication"

    var routes: [Route] {
        [
            Route(.get, Self.path, access: .systemManager, handler: show),
            Route(.post, Self.path, access: .systemManager, handler: update),
        ]
    }

    private func show(_ context: PageContext) async throws -> Outcome {
        let settings = try await context.machine.communicationSettings()
        return .page(
            page(
                CommunicationSettings.Form(settings),
                isLocked: try await context.machine.isAutoRequestTimerEnabled(), context.text))
    }

    private func update(_ context: PageContext) async throws -> Outcome {
        let form = CommunicationSettings.Form(
            scepServerURL: context.field("scep_server_url") ?? "", portNumber: context.field("port_number") ?? "",
            communicationTimeout: context.field("communication_timeout") ?? "",
            caFingerprint: context.field("ca_fingerprint") ?? "")
        let change: CommunicationChange
        do {
            change = try await context.machine.updateCommunicationSettings(
                form.validated(), by: context.administrator)
        } catch let errors as FieldErrors<CommunicationSettings.Field> {
            let isLocked = try await context.machine.isAutoRequestTimerEnabled()
            return .page(page(form, errors: errors, isLocked: isLocked, context.text), status: .unprocessableContent)
        } catch CommunicationRefusal.timerEnabled {
            return .page(page(form, isLocked: true, context.text), status: .conflict)
        }
        context.leave(Flash(.success, Self.result(change)))
        return .redirect("/settings/scep")
    }

    /// The result says what went with the former server (C4).
    static func result(_ change: CommunicationChange) -> String {
        switch (change.clearedAuthority, change.clearedChallengePassword) {
        case (false, false): "communication.updated"
        case (true, false): "communication.updated.authority"
        case (false, true): "communication.updated.challenge"
        case (true, true): "communication.updated.both"
        }
    }

    private func page(
        _ form: CommunicationSettings.Form, errors: FieldErrors<CommunicationSettings.Field> = FieldErrors(),
        isLocked: Bool, _ text: Texts
    ) -> FormPage {
        func error(_ field: CommunicationSettings.Field) -> String? { errors[field]?.words(text) }
        let fields = [
            FormField(
                id: "scep_server_url", label: text("communication.url"), hint: text("communication.url.hint"),
                kind: .text, value: form.scepServerURL, isRequired: true, isDisabled: isLocked,
                error: error(.scepServerURL)),
            FormField(
                id: "port_number", label: text("communication.port"), hint: text("communication.port.hint"),
                kind: .number(unit: nil), value: form.portNumber, isRequired: true, isDisabled: isLocked,
                error: error(.portNumber)),
            FormField(
                id: "communication_timeout", label: text("communication.timeout"),
                hint: text("communication.timeout.hint"), kind: .number(unit: text("form.seconds")),
                value: form.communicationTimeout, isRequired: true, isDisabled: isLocked,
                error: error(.communicationTimeout)),
            FormField(
                id: "ca_fingerprint", label: text("communication.fingerprint"),
                hint: text("communication.fingerprint.hint"), kind: .text, value: form.caFingerprint,
                isDisabled: isLocked, error: error(.caFingerprint)),
        ]
        return FormPage(
            title: text("communication.edit.title"),
            lead: text("communication.lead") + text("form.sentence-space") + text("communication.warning"),
            menuItem: "/settings/scep", action: Self.path, back: "/settings/scep", fields: fields,
            errors: ErrorSummary(title: text("form.errors.title"), fields: fields),
            lock: isLocked ? .timer("auto.locked", text) : nil)
    }
}
