import PKI
import SCEP

extension Machine {
    /// The machine's name and place; at first the host name.
    public func deviceInformation() async throws -> DeviceInformation {
        try await store.read { try $0.settings.value(.deviceInformation) }
            ?? DeviceInformation(deviceName: String(environment.hostName.prefix(32)))
    }

    public func updateDeviceInformation(_ information: DeviceInformation, by administrator: Administrator) async throws
    {
        let now = now
        try await store.write { tables in
            try tables.settings.set(.deviceInformation, information)
            try tables.audit.append(
                .changeDeviceInformation, "", detail: information.deviceName, by: administrator, at: now)
        }
    }

    public func securitySettings() async throws -> SecuritySettings { try await store.read { try $0.security } }

    public func updateSecuritySettings(_ settings: SecuritySettings, by administrator: Administrator) async throws {
        let now = now
        try await store.write { tables in
            try tables.settings.set(.security, settings)
            try tables.audit.append(.changeSecuritySettings, by: administrator, at: now)
        }
    }

    /// Nil until they have been made.
    public func communicationSettings() async throws -> CommunicationSettings? {
        try await store.read { try $0.settings.value(.communication) }
    }

    /// Changes the Communication Settings. Another server loses the stored challenge password and the accepted CA,
    /// which were meant for the old one (C4); so does another fingerprint the CA that does not have it.
    ///
    /// - Throws: ``CommunicationRefusal`` while the auto request timer is on (C3).
    public func updateCommunicationSettings(
        _ settings: CommunicationSettings, by administrator: Administrator
    ) async throws -> CommunicationChange {
        let now = now
        let change: CommunicationChange? = try await store.write { tables in
            guard try !tables.isTimerEnabled else {
                let detail = "the auto request timer is on"
                try tables.audit.append(
                    .changeCommunicationSettings, "", .refused, detail: detail, by: administrator, at: now)
                return nil
            }
            let isOtherServer = try tables.settings.value(.communication).map { $0.server != settings.server } ?? false
            let accepted = try tables.settings.value(.acceptedAuthority).map(AcceptedAuthority.init)
            let isOtherAuthority = accepted.map { settings.caFingerprint?.matches($0.certificate) == false } ?? false
            let change = CommunicationChange(
                clearedAuthority: accepted != nil && (isOtherServer || isOtherAuthority),
                clearedChallengePassword: try isOtherServer && tables.settings.value(.challengePassword) != nil)
            if change.clearedAuthority { try tables.settings.remove(.acceptedAuthority) }
            if change.clearedChallengePassword { try tables.settings.remove(.challengePassword) }
            try tables.settings.set(.communication, settings)
            try tables.audit.append(
                .changeCommunicationSettings, settings.server.description, by: administrator, at: now)
            return change
        }
        guard let change else { throw CommunicationRefusal.timerEnabled }
        await connectionTests.forget()
        return change
    }
}
