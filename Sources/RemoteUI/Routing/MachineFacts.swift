import Machine

/// What every request needs to know of the machine, read once a request.
struct MachineFacts: Sendable {
    var isSetUp: Bool
    var device: DeviceInformation
    var security: SecuritySettings
    /// What waits for a restart (P3).
    var pendingRestart: [RestartReason]

    /// For a page that must be shown although the machine could not be asked.
    static let unknown = MachineFacts(
        isSetUp: true, device: DeviceInformation(deviceName: "", location: ""), security: SecuritySettings(),
        pendingRestart: [])
}

extension MachineFacts {
    init(_ machine: Machine) async throws {
        isSetUp = try await machine.isSetUp()
        device = try await machine.deviceInformation()
        security = try await machine.securitySettings()
        pendingRestart = try await machine.pendingRestart()
    }
}
