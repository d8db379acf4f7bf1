import FoundationEssentials
import Machine

extension TestMachine {
    /// The settings as they are, with the timer on, an hour from now, and a key to ask for.
    func timerForm(_ change: (inout AutoRequestSettings.Form) -> Void = { _ in }) async throws
        -> AutoRequestSettings.Form
    {
        var form = AutoRequestSettings.Form(try await machine.autoRequestSettings())
        form.isTimerEnabled = true
        form.start = LocalDateTime(clock.now() + 3600, zone: environment.zone).text
        if form.key.keyName.isEmpty { form.key = IssuanceRequest.Form(keyName: "auto", commonName: "printer.example") }
        change(&form)
        return form
    }

    @discardableResult
    func updateTimer(
        _ change: (inout AutoRequestSettings.Form) -> Void = { _ in }
    ) async throws -> AutoRequestChange {
        try await machine.updateAutoRequestSettings(try await timerForm(change), by: Self.manager)
    }

    func setTimer(_ isEnabled: Bool) async throws { try await updateTimer { $0.isTimerEnabled = isEnabled } }
}
