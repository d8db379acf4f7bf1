import ArgumentParser
import HTTP
import Logging
import Machine
import RemoteUI
import SCEP
import ServiceLifecycle
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves the Remote UI until it is told to stop.")

    @Option(help: "The folder of settings, keys and history; made if it is missing.")
    var data = "./data"

    @Option(help: "The IP address to listen on.")
    var listen = "127.0.0.1"

    @Option(help: "The port of HTTP, which only leads to HTTPS; 0 picks a free one.")
    var httpPort: UInt16 = 8000

    @Option(help: "The port of HTTPS; 0 picks a free one.")
    var httpsPort: UInt16 = 8443

    @Option(help: "The folder that holds Templates and Public; by default found above the executable.")
    var resources: String?

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        let logger = Logger(label: "remote-ui")
        let restart = ProcessRestart()
        let resources = try ResourcesFolder.find(named: resources)
        let machine = try await Machine(
            configuration: MachineConfiguration(dataDirectory: data),
            environment: MachineEnvironment(
                restartAction: restart, transport: { HTTPTransport(server: $0) }),
            logger: logger)
        try await machine.putPendingKeysInService()
        let key = try await machine.tlsIdentity()
        let site = try Site(
            resources: resources, pages: Pages().set,
            machine: machine, isTrusted: !key.isDefault, logger: logger)
        var configuration = ServerConfiguration()
        // No form is larger; before a login this times the connections is what a stranger can make the machine hold.
        configuration.messages.bodyBytes = 64 * 1_024
        let server = try Server(
            listeners: [
                Listener(address: listen, port: httpPort),
                Listener(address: listen, port: httpsPort, tls: try TLSIdentity(chain: key.chain, key: key.key)),
            ],
            configuration: configuration, handler: WaitingPageWatch(site: site, restart: restart), logger: logger)
        site.serveHTTPS(on: server.ports[1])
        try await machine.resumeIssuances()
        if let code = try machine.setUpCode() { StandardOutput.line("Set-up code: \(code)") }
        StandardOutput.line("Remote UI: \(address(port: server.ports[1]))")
        try await group(server, restart, logger).run()
        if restart.isDue {
            let arguments = OwnProcess.arguments(httpPort: server.ports[0], httpsPort: server.ports[1])
            logger.notice("Restarting")
            let number = OwnProcess.execute(arguments)
            logger.critical("The program could not be executed anew", metadata: ["errno": "\(number)"])
            throw ExitCode.failure
        }
    }

    /// The restart's end ends the group as a signal does: gracefully.
    private func group(_ server: Server, _ restart: ProcessRestart, _ logger: Logger) -> ServiceGroup {
        var quiet = logger
        quiet.logLevel = .warning
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: ServerService(server: server)),
                    .init(service: restart, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    }

    private func address(port: UInt16) -> String {
        // All addresses are none that a browser can be sent to.
        let isAny = listen == "0.0.0.0" || listen == "::"
        let host = isAny ? MachineEnvironment.systemHostName() : listen.contains(":") ? "[\(listen)]" : listen
        return port == 443 ? "https://\(host)/" : "https://\(host):\(port)/"
    }
}
