import Machine
import Synchronization

/// One process of the machine, from its start to a restart or a power cut.
final class MachineProcess: Sendable {
    let machine: Machine
    let power: Power
    private let restart: RestartFlag

    /// Starts as the program does.
    init(folder: String, plan: RunPlan, network: Network, time: SimulatedTime, chance: Chance, power: Power)
        async throws
    {
        self.power = power
        let restart = RestartFlag()
        self.restart = restart
        let environment = MachineEnvironment(
            restartAction: restart, clock: ProcessClock(time: time, power: power), zone: SimulatedTime.zone,
            random: chance, transport: { _ in NetworkTransport(network: network, power: power) },
            blockingWork: FirstStart.work, hostName: "printer.example", addresses: { [] })
        machine = try await Machine(
            configuration: MachineConfiguration(dataDirectory: folder, keyLimit: plan.keyLimit, legacyMode: true),
            environment: environment, logger: FirstStart.logger)
        try await machine.putPendingKeysInService()
        _ = try await machine.tlsIdentity()
        try await machine.deleteOldKeys()
        try await machine.resumeIssuances()
        await machine.waitForIssuances()
    }

    var isRestartAsked: Bool { restart.isAsked }

    private final class RestartFlag: RestartAction {
        private let asked = Mutex(false)
        var isAsked: Bool { asked.withLock { $0 } }
        func restart() async throws { asked.withLock { $0 = true } }
    }
}
