import FoundationEssentials
import HTTP
import Logging
import Machine
import PKI

/// A machine's folder after its first start, made once: a first start generates an RSA key.
actor FirstStart {
    static let shared = FirstStart()
    static let logger = Logger(label: "soak") { _ in SwiftLogNoOpLogHandler() }
    /// For all machines of all runs.
    static let work = BlockingWork(threads: 2)
    /// The key of every run's CA.
    static let authorityKey = Result { () throws(PKIError) in try PrivateKey.generate(.rsa(bits: 2048)) }

    private struct NoRestart: RestartAction {
        func restart() async throws {}
    }

    private var made: Task<[String: Data], any Error>?

    /// A folder of its own for one run.
    func copy() async throws -> String {
        let task = made ?? Task { try await Self.make() }
        made = task
        let copy = try Folder.new()
        for (file, bytes) in try await task.value { try bytes.write(to: URL(filePath: "\(copy)/\(file)")) }
        return copy
    }

    private static func make() async throws -> [String: Data] {
        let folder = try Folder.new()
        defer { Folder.remove(folder) }
        let power = Power(folder: folder)
        let environment = MachineEnvironment(
            restartAction: NoRestart(), clock: ProcessClock(time: SimulatedTime(), power: power), blockingWork: work,
            hostName: "printer.example", addresses: { [] })
        let machine = try await Machine(
            configuration: MachineConfiguration(dataDirectory: folder), environment: environment, logger: logger)
        // Read while it is open: closing moves data between the files.
        defer { withExtendedLifetime(machine) {} }
        let copy = try Folder.copyOfData(in: folder)
        defer { Folder.remove(copy) }
        var files: [String: Data] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: copy) {
            files[file] = try Data(contentsOf: URL(filePath: "\(copy)/\(file)"))
        }
        return files
    }
}
