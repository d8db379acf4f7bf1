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
        let before = try settings("http://ca.example/scep")
        _ = try await test.machine.updateCommunicationSettings(before, by: TestMachine.manager)
        try await test.machine.setAutoRequestTimer(enabled: true, by: TestMachine.manager)
        await #expect(throws: CommunicationRefusal.timerEnabled) {
            try await test.machine.updateCommunicationSettings(
                try settings("http://evil.example/"), by: TestMachine.manager)
        }
        #expect(try await test.machine.communicationSettings() == before)
        try await test.machine.setAutoRequestTimer(enabled: false, by: TestMachine.manager)
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

    @Test("C3: however edits race with the timer, none is made while it is on")
    func race() async throws {
        let test = try await TestMachine()
        let machine = test.machine
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<6 {
                group.addTask {
                    for turn in 0..<8 {
                        let settings = try CommunicationSettings.Form(
                            scepServerURL: "http://ca\(task).example/\(turn)", portNumber: "80",
                            communicationTimeout: "30",
                            caFingerprint: ""
                        ).validated()
                        do {
                            _ = try await machine.updateCommunicationSettings(settings, by: TestMachine.manager)
                        } catch CommunicationRefusal.timerEnabled {}
                    }
                }
            }
            group.addTask {
                for turn in 0..<16 {
                    try await machine.setAutoRequestTimer(enabled: turn.isMultiple(of: 2), by: TestMachine.manager)
                }
            }
            try await group.waitForAll()
        }
        // The audit log is the order in which the transactions were committed.
        var isOn = false
        var outcomes = 0
        for entry in try await machine.auditEntries().reversed() {
            switch entry.operation {
            case .changeAutoRequestTimer: isOn = entry.detail == "on"
            case .changeCommunicationSettings:
                #expect((entry.result == .refused) == isOn, "entry \(entry.sequence)")
                outcomes += 1
            default: break
            }
        }
        #expect(outcomes == 48)
    }
}
