import FoundationEssentials
import HTTP
import Logging
import Machine
import PKI

/// The data folder after a first start, made once and copied for every test: a first start generates an RSA key.
actor FirstStart {
    static let shared = FirstStart()
    /// Stays open: closing it would move data between the files that are being copied.
    private var made: Task<Machine, any Error>?

    func copy(to folder: String) async throws {
        let source = made ?? Task { try await Self.make() }
        made = source
        let data = try await source.value.configuration.dataDirectory
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for file in ["machine.sqlite", "machine.sqlite-wal", "machine-key", "set-up-code"] {
            try FileManager.default.copyItem(atPath: "\(data)/\(file)", toPath: "\(folder)/\(file)")
        }
    }

    private static func make() async throws -> Machine {
        let folder = TestMachine.newFolder()
        let environment = MachineEnvironment(
            restartAction: RestartCounter(), clock: TestClock(), transport: { _ in TestTransport(server: .shared) },
            hostName: "printer.example", addresses: { [] })
        return try await Machine(
            configuration: MachineConfiguration(dataDirectory: folder + "/data"), environment: environment,
            logger: TestMachine.logger)
    }
}
