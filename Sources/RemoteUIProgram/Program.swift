import ArgumentParser
import HTTP
import Logging
import Machine
import PKI
import RemoteUI
import ServiceLifecycle
import UnixSignals

/// Machine, pages and server put together: serves until it is told to stop, and executes itself anew for a restart.
public struct Program {
    private let options: ServeOptions
    private let arguments: [String]
    private let environment: (any RestartAction) -> MachineEnvironment

    /// - Parameters:
    ///   - arguments: what the program is executed with when it restarts, its own name first; the ports that it serves
    ///     on take the place of those in it.
    ///   - environment: what the machine stands on, given what restarts it. Its clock is also that of the pages.
    public init(
        options: ServeOptions, arguments: [String] = CommandLine.arguments,
        environment: @escaping (any RestartAction) -> MachineEnvironment = {
            MachineEnvironment(restartAction: $0)
        }
    ) {
        self.options = options
        self.arguments = arguments
        self.environment = environment
    }

    /// To be called once in a process: it sets the log up for all of it.
    ///
    /// - Throws: what is wrong with options, data folder or ports; `ExitCode` when the program cannot be executed anew.
    public func run() async throws {
        ProcessEnd.skipOpenSSLCleanUp()
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        let logger = Logger(label: "remote-ui")
        let restart = ProcessRestart()
        let environment = environment(restart)
        let resources = try ResourcesFolder.find(named: options.resources)
        let machine = try await Machine(
            configuration: options.machine, environment: environment, logger: logger)
        await step("putting new keys in service", logger) { try await machine.putPendingKeysInService() }
        let key = try await machine.tlsIdentity()
        await step("deleting old keys", logger) { try await machine.deleteOldKeys() }
        let site = try Site(
            resources: resources, pages: Pages().set, machine: machine, clock: environment.clock,
            isTrusted: !key.isDefault, logger: logger)
        let server = try server(site: site, tls: key.identity, restart: restart, logger: logger)
        site.serveHTTPS(on: server.ports[1])
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        await step("taking up requests", logger) { try await machine.resumeIssuances() }
        if let code = try machine.setUpCode() { StandardOutput.line("Set-up code: \(code)") }
        StandardOutput.line("Remote UI: \(address(port: server.ports[1]))")
        try await run(group(server, machine, restart, logger), signals, restart)
        if restart.isDue { try executeAnew(ports: server.ports, logger: logger) }
    }

    /// What the next start does too must not keep the machine from serving: who is to mend it needs the pages.
    private func step(_ name: String, _ logger: Logger, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            let reason = (error as? MachineError)?.description ?? "\(type(of: error))"
            logger.error("At the start, \(name) failed: \(reason)")
        }
    }

    private func server(
        site: Site, tls: TLSIdentity, restart: ProcessRestart, logger: Logger
    ) throws -> Server {
        var configuration = ServerConfiguration()
        // No form is larger; before a login this times the connections is what a stranger can make the machine hold.
        configuration.messages.bodyBytes = 64 * 1_024
        return try Server(
            listeners: [
                Listener(address: options.listen, port: options.httpPort),
                Listener(address: options.listen, port: options.httpsPort, tls: tls),
            ],
            configuration: configuration, handler: WaitingPageWatch(site: site, restart: restart), logger: logger)
    }

    /// A signal ends the group gracefully. The group itself would not hear one while it ends for a restart, and whoever
    /// stops the program would find it running again.
    private func run(
        _ group: ServiceGroup, _ signals: UnixSignalsSequence, _ restart: ProcessRestart
    ) async throws {
        let listening = Task {
            for await _ in signals {
                restart.giveUp()
                await group.triggerGracefulShutdown()
            }
        }
        defer { listening.cancel() }
        try await group.run()
    }

    /// The restart's end ends the group as a signal does: gracefully.
    private func group(
        _ server: Server, _ machine: Machine, _ restart: ProcessRestart, _ logger: Logger
    ) -> ServiceGroup {
        var quiet = logger
        quiet.logLevel = .warning
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: ServerService(server: server)),
                    .init(service: AutoRequestService(machine: machine)),
                    .init(service: restart, successTerminationBehavior: .gracefullyShutdownGroup),
                ], logger: quiet))
    }

    private func executeAnew(ports: [UInt16], logger: Logger) throws -> Never {
        logger.notice("Restarting")
        let number = OwnProcess.execute(
            OwnProcess.arguments(arguments, httpPort: ports[0], httpsPort: ports[1]))
        logger.critical("The program could not be executed anew", metadata: ["errno": "\(number)"])
        throw ExitCode.failure
    }

    private func address(port: UInt16) -> String {
        // All addresses are none that a browser can be sent to.
        let listen = options.listen
        let isAny = listen == "0.0.0.0" || listen == "::"
        let host = isAny ? MachineEnvironment.systemHostName() : listen.contains(":") ? "[\(listen)]" : listen
        return port == 443 ? "https://\(host)/" : "https://\(host):\(port)/"
    }
}
