import PKI
import SCEP
import Testing

@testable import Machine

@Suite("Settings") struct SettingsTests {
    private func settings(_ url: String, port: String = "80", fingerprint: String = "") throws -> CommunicationSettings
    {
        try CommunicationSettings.Form(
            scepServerURL: url, portNumber: port, communicationTimeout: "30", caFingerprint: fingerprint
        ).validated()
    }

    @Test("Settings survive a restart")
    func persistence() async throws {
        let test = try await TestMachine()
        #expect(try await test.machine.deviceInformation().deviceName == "printer.example")
        #expect(try await test.machine.communicationSettings() == nil)
        let communication = try settings("http://ca.example/scep", port: "8080")
        let information = DeviceInformation(deviceName: "Copier 3", location: "2nd floor")
        _ = try await test.machine.updateCommunicationSettings(communication, by: TestMachine.manager)
        try await test.machine.updateDeviceInformation(information, by: TestMachine.manager)
        try await test.restart()
        #expect(try await test.machine.communicationSettings() == communication)
        #expect(try await test.machine.deviceInformation() == information)
    }

    @Test("C3: while the timer is on the Communication Settings are refused, and nothing changes")
    func timer() async throws {
        let test = try await TestMachine()
        let before = try settings("http://ca.example/scep", fingerprint: test.server.fingerprint.text)
        _ = try await test.machine.updateCommunicationSettings(before, by: TestMachine.manager)
        try await test.setTimer(true)
        await #expect(throws: CommunicationRefusal.timerEnabled) {
            try await test.machine.updateCommunicationSettings(
                try settings("http://evil.example/"), by: TestMachine.manager)
        }
        #expect(try await test.machine.communicationSettings() == before)
        try await test.setTimer(false)
        _ = try await test.machine.updateCommunicationSettings(
            try settings("http://new.example/"), by: TestMachine.manager)
    }

    @Test(
        "C4: another server takes the accepted CA and the stored challenge password with it",
        arguments: [
            ("http://ca.example/scep", "80", false), ("http://ca.example/scep", "81", true),
            ("http://b.example/scep", "80", true),
        ])
    func passBack(url: String, port: String, clears: Bool) async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request()
        #expect(try await test.machine.acceptedAuthority() != nil)
        try await test.machine.store.write { try $0.settings.set(.challengePassword, [1, 2, 3]) }
        let change = try await test.machine.updateCommunicationSettings(
            try settings(url, port: port), by: TestMachine.manager)
        #expect(change == CommunicationChange(clearedAuthority: clears, clearedChallengePassword: clears))
        #expect(try await (test.machine.acceptedAuthority() == nil) == clears)
        let password = try await test.machine.store.read { try $0.settings.value(.challengePassword) }
        #expect((password == nil) == clears)
    }

    @Test("C6: another fingerprint takes the accepted CA with it")
    func otherFingerprint() async throws {
        let test = try await TestMachine()
        try await test.configure()
        try await test.request()
        let change = try await test.machine.updateCommunicationSettings(
            try settings("http://ca.example/scep", fingerprint: String(repeating: "00", count: 32)),
            by: TestMachine.manager)
        #expect(change.clearedAuthority)
    }
}
