import HTTP
import Logging
import PKI
import SCEP

/// The practice CA as a server: listens from `init` on and answers while ``run()`` runs.
public final class PracticeServer: Sendable {
    /// Old clients put a whole message in the request line.
    static let longestRequestLine = 64 << 10
    /// Signatures and files; one at a time per thread.
    static let threads = 2

    private enum Front: Sendable {
        case regular(Server)
        case faulty(FaultyServer)
    }

    /// The address of the SCEP service, with its path.
    public let url: String
    /// The port that is served, also when any free one was asked for.
    public let port: UInt16
    /// The certificate of the CA, to which everything issued chains.
    public let authority: Certificate
    private let front: Front
    private let desk: EnrolmentDesk
    private let lock: FolderLock

    /// Finds or makes the CA in the data folder and binds the port.
    ///
    /// Blocks: a first start makes one to three RSA keys.
    public init(
        _ configuration: ServiceConfiguration, environment: ServiceEnvironment = ServiceEnvironment(), logger: Logger
    ) throws(PracticeCAError) {
        let folder = try StateFolder(path: configuration.dataFolder)
        lock = try FolderLock(folder, name: "serving.lock", waits: false)
        let responder = try Self.responder(configuration, folder: folder, environment: environment, logger: logger)
        authority = responder.authority.certificate
        desk = responder.desk
        var limits = MessageLimits()
        limits.startLineBytes = Self.longestRequestLine
        limits.headBytes = 2 * Self.longestRequestLine
        if configuration.faults.contains(where: \.isOfDelivery) {
            let server = try FaultyServer(
                address: configuration.address, port: configuration.port, responder: responder, limits: limits,
                pause: configuration.dripPause)
            front = .faulty(server)
            port = server.port
        } else {
            let server = try Self.server(configuration, limits: limits, responder: responder, logger: logger)
            front = .regular(server)
            port = server.ports.first ?? configuration.port
        }
        let host = configuration.address.contains(":") ? "[\(configuration.address)]" : configuration.address
        url = "http://\(host):\(port)\(configuration.profile.path)"
    }

    /// The CA's SHA-256 fingerprint as an administrator types it: upper-case pairs with colons.
    public var fingerprint: String { Fingerprint(of: authority).text }

    /// The challenge that the next request must bring: another than the configured one when that one is spent.
    public var challenge: String { desk.challenge }

    /// Serves until the task is cancelled.
    public func run() async throws {
        switch front {
        case .regular(let server): try await server.run()
        case .faulty(let server): await server.run()
        }
    }

    private static func server(
        _ configuration: ServiceConfiguration, limits: MessageLimits, responder: SCEPResponder, logger: Logger
    ) throws(PracticeCAError) -> Server {
        var settings = ServerConfiguration()
        settings.messages = limits
        do {
            return try Server(
                listeners: [Listener(address: configuration.address, port: configuration.port)],
                configuration: settings, handler: responder, logger: logger)
        } catch {
            throw PracticeCAError(.network, error.reason)
        }
    }

    static func responder(
        _ configuration: ServiceConfiguration, folder: StateFolder, environment: ServiceEnvironment, logger: Logger
    ) throws(PracticeCAError) -> SCEPResponder {
        let profile = configuration.profile
        guard ServiceConfiguration.validities.contains(configuration.validityDays) else {
            throw PracticeCAError(.invalidOption, "certificates are valid for 1 to 3650 days")
        }
        if configuration.renewsRegistrationAuthority { try CertificateAuthority.forgetRegistrationAuthority(folder) }
        let genuine = try CertificateAuthority(
            folder, profile: profile, now: environment.now(), random: environment.random, makeKey: environment.makeKey)
        let stand = try StandIns(genuine, configuration: configuration, environment: environment)
        let desk = EnrolmentDesk(
            authority: stand.authority, book: try EnrolmentBook(folder),
            challenges: try ChallengeBook(
                folder, word: configuration.challenge, isOneTime: profile.spendsChallenges,
                random: environment.random),
            approval: configuration.approval, policy: IssuingPolicy(validityDays: configuration.validityDays),
            renewals: RenewalPolicy(profile: profile, faults: configuration.faults), random: environment.random,
            now: environment.now,
            announce: environment.announceChallenge)
        let writer = ReplyWriter(
            authority: stand.authority, profile: profile, faults: configuration.faults, stranger: stand.stranger,
            random: environment.random)
        let messages = MessageResponder(
            recipients: [stand.authority.recipient, genuine.recipient], desk: desk, writer: writer,
            faults: configuration.faults, acceptsSingleDES: configuration.acceptsSingleDES, logger: logger)
        return SCEPResponder(
            profile: profile, authority: stand.authority, desk: desk, messages: messages,
            faults: configuration.faults, work: BlockingWork(threads: Self.threads), logger: logger)
    }
}
