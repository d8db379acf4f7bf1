import ArgumentParser
import Logging
import PKI
import PracticeCA
import ServiceLifecycle
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answers SCEP requests until it is told to stop.",
        discussion: "Faults, each for every request:\n"
            + Fault.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

    @OptionGroup var data: DataOption

    @Option(help: "The IP address to listen on.")
    var listen = "127.0.0.1"

    @Option(help: "The port; 0 picks a free one.")
    var port: UInt16 = 8080

    @Option(help: "Whose habits to take on.")
    var profile = Profile.rfc

    @Option(help: "The challenge password; with the ndes profile the first one, since each is good for one request.")
    var challenge: String

    @Option(help: "Who decides on requests.")
    var approval = Approval.automatic

    @Flag(
        name: .customLong("renew-ra"),
        help: "Give the registration authority of the ndes profile new keys and certificates from the same CA.")
    var renewsRegistrationAuthority = false

    @Option(name: .customLong("validity"), help: "For how many days certificates are issued.")
    var validityDays = 365

    @Option(name: .customLong("fault"), help: "Something to do wrong; may be repeated.")
    var faults: [Fault] = []

    @Flag(help: "Open requests in single DES, which RFC 8894 forbids and micromdm's client 2.x sends.")
    var acceptSingleDes = false

    func run() async throws {
        ProcessEnd.skipOpenSSLCleanUp()
        var configuration = ServiceConfiguration(dataFolder: data.path, challenge: challenge)
        configuration.address = listen
        configuration.port = port
        configuration.profile = profile
        configuration.approval = approval
        configuration.renewsRegistrationAuthority = renewsRegistrationAuthority
        configuration.validityDays = validityDays
        configuration.faults = Set(faults)
        configuration.acceptsSingleDES = acceptSingleDes
        var environment = ServiceEnvironment()
        environment.announceChallenge = { StandardOutput().line("Challenge: \($0)") }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        let logger = Logger(label: "practice-ca")

        let server = try PracticeServer(configuration, environment: environment, logger: logger)
        StandardOutput().line("SCEP server: \(server.url)")
        StandardOutput().line("CA SHA-256 fingerprint: \(server.fingerprint)")
        if server.challenge != challenge { StandardOutput().line("Challenge: \(server.challenge)") }
        var quiet = logger
        quiet.logLevel = .warning
        try await ServiceGroup(
            services: [ServerService(server: server)], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet
        ).run()
    }
}

extension Profile: ExpressibleByArgument {}
extension Approval: ExpressibleByArgument {}
extension Fault: ExpressibleByArgument {}
