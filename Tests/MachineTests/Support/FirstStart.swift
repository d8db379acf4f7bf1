import FoundationEssentials
import HTTP
import Logging
import Machine
import PKI

/// The data folder after a first start, made once and copied for every test: a first start generates an RSA key.
actor FirstStart {
    static let shared = FirstStart()
    private var made: Task<String, any Error>?

    func copy(to folder: String) async throws {
        let source = made ?? Task { try await Self.make() }
        made = source
        let folderMade = try await source.value
        try FileManager.default.copyItem(atPath: folderMade + "/data", toPath: folder)
    }

    private static func make() async throws -> String {
        let folder = TestMachine.newFolder()
        let environment = MachineEnvironment(
            restartAction: RestartCounter(), clock: TestClock(), transport: { _ in TestTransport(server: .shared) },
            hostName: "printer.example", addresses: { [] })
        _ = try await Machine(
            configuration: MachineConfiguration(dataDirectory: folder + "/data"), environment: environment,
            logger: TestMachine.logger)
        return folder
    }
}
