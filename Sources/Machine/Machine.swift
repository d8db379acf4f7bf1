import FoundationEssentials
import Logging
import PKI
import SCEP
import Synchronization

/// The device behind the Remote UI: settings, keys, issuance requests, history, restart and audit log.
///
/// Every rule is checked in the database transaction of the write that it guards: it holds however requests race.
/// Calls that are refused throw the refusal's own type; anything else that a call throws is a failure of the machine
/// itself (``MachineError`` or a `PKIError`) and leaves everything as it was.
///
/// At start: `init`, then ``putPendingKeysInService()``, ``tlsIdentity()``, ``deleteOldKeys()``,
/// ``resumeIssuances()``, and all along ``runAutoRequests()``.
public final class Machine: Sendable {
    public let configuration: MachineConfiguration
    public let startedAt: Date

    let environment: MachineEnvironment
    let store: Store
    let logger: Logger
    let issuing: IssuanceService
    let alarm = AutoRequestAlarm()
    let connectionTests = ConnectionTests()
    /// What this process knows and no restart keeps.
    let runtime = Mutex(Runtime())
    private let directory: DataDirectory

    struct Runtime: Sendable {
        var tlsKeyName: String?
        /// Keys that could not take their place at this start.
        var takeOverFailures: [ErrorInformation] = []
        var tlsFailures: [ErrorInformation] = []
        var restart = AutomaticRestart()
        var throttle = AuditThrottle()
        /// Audit entries that could not be written, until the log says so.
        var missedAudit: MissedAudit?
        /// The sign-in's lock-out, while the store takes nothing.
        var unwrittenLockout: Lockout?

        mutating func miss(_ missed: MissedAudit) {
            missedAudit?.add(missed)
            missedAudit = missedAudit ?? missed
        }
    }

    /// Opens the data directory; at the first start makes machine key, store, default key and set-up code.
    ///
    /// - Throws: ``MachineError`` when the directory is in use or cannot be protected, or the machine key does not fit.
    public init(
        configuration: MachineConfiguration, environment: MachineEnvironment, logger: Logger
    ) async throws {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
        startedAt = environment.clock.now()
        directory = try DataDirectory(path: configuration.dataDirectory)
        store = try await MachineKey.openStore(in: directory, random: environment.random)
        issuing = IssuanceService(
            store: store, environment: environment, configuration: configuration, logger: logger, alarm: alarm)
        try await ensureDefaultKey()
        try await ensureSetUpCode()
        await note([AuditEvent(operation: .start, administrator: .machine, date: startedAt)])
    }

    /// The time of day by the machine's clock.
    var now: Date { environment.clock.now() }

    // MARK: Set-up code

    /// The one-time code for the set-up page; nil once the machine is set up.
    public func setUpCode() throws -> String? {
        try directory.read(SetUpCode.file).map { FieldRules.firstLine($0) }
    }

    /// A code waits exactly as long as there is no account; this also clears one that a power cut left behind.
    private func ensureSetUpCode() async throws {
        if try await isSetUp() {
            try directory.remove(SetUpCode.file)
        } else if try directory.read(SetUpCode.file) == nil {
            let code = try SetUpCode(random: environment.random)
            try directory.create(SetUpCode.file, [UInt8]((code.text + "\n").utf8))
        }
    }

    func removeSetUpCode() {
        do {
            try directory.remove(SetUpCode.file)
        } catch {
            // Harmless: with an account in the store no code is accepted, and the next start removes the file.
            logger.warning("The set-up code could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
