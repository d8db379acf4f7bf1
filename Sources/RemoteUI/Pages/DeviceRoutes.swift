import Machine

/// `/settings/device-information`: what the device calls itself.
struct DeviceRoutes: Sendable {
    private static let path = "/settings/device-information"

    var routes: [Route] { SettingsBlockPage.routes(Self.path, show: show, edit: edit, update: update) }

    private func show(_ context: PageContext) async throws -> Outcome {
        let text = context.text
        let device = try await context.machine.deviceInformation()
        return .page(
            SettingsBlockPage(
                title: text("device.title"), lead: text("device.lead"), menuItem: Self.path,
                facts: [
                    Fact(text("device.name"), device.deviceName),
                    Fact(
                        text("device.location"),
                        device.location.isEmpty ? text("communication.not-set") : device.location),
                ], edit: Self.path + "/edit"))
    }

    private func edit(_ context: PageContext) async throws -> Outcome {
        let device = try await context.machine.deviceInformation()
        return .page(
            page(DeviceInformation.Form(deviceName: device.deviceName, location: device.location), context.text))
    }

    private func update(_ context: PageContext) async throws -> Outcome {
        let form = DeviceInformation.Form(
            deviceName: context.field("device_name") ?? "", location: context.field("location") ?? "")
        do {
            try await context.machine.updateDeviceInformation(form.validated(), by: context.administrator)
        } catch let errors as FieldErrors<DeviceInformation.Field> {
            return .page(page(form, errors: errors, context.text), status: .unprocessableContent)
        }
        context.leave(Flash(.success, "device.updated"))
        return .redirect(Self.path)
    }

    private func page(
        _ form: DeviceInformation.Form, errors: FieldErrors<DeviceInformation.Field> = FieldErrors(), _ text: Texts
    ) -> FormPage {
        let fields = [
            FormField(
                id: "device_name", label: text("device.name"), hint: text("device.name.hint"), kind: .text,
                value: form.deviceName, isRequired: true, error: errors[.deviceName]?.words(text)),
            FormField(
                id: "location", label: text("device.location"), hint: text("device.location.hint"), kind: .text,
                value: form.location, error: errors[.location]?.words(text)),
        ]
        return FormPage(
            title: text("device.edit.title"), lead: text("device.lead"), menuItem: Self.path,
            action: Self.path + "/edit", back: Self.path, fields: fields,
            errors: ErrorSummary(title: text("form.errors.title"), fields: fields))
    }
}
