import Glibc
import HTTP
import PKI
import SCEP

/// What the machine stands on, passed in: a test puts its own in place.
public struct MachineEnvironment: Sendable {
    public var clock: any WallClock
    /// What the clock shows here: set times are local times (T1).
    public var zone: Zone
    public var random: any RandomSource
    /// Makes the way to a SCEP server.
    public var transport: @Sendable (ServerURL) -> any Transport
    /// Finds the SCEP server's addresses for the connection test.
    public var resolver: any Resolver
    public var restartAction: any RestartAction
    /// For key generation and PIN hashing.
    public var blockingWork: BlockingWork
    /// The name that the default key's certificate is made for.
    public var hostName: String
    public var addresses: @Sendable () -> [NetworkAddress]

    public init(
        restartAction: any RestartAction, clock: any WallClock = SystemClock(), zone: Zone = .system,
        random: any RandomSource = SystemRandom(),
        transport: @escaping @Sendable (ServerURL) -> any Transport = { HTTPTransport(server: $0) },
        resolver: any Resolver = SystemResolver(),
        blockingWork: BlockingWork = BlockingWork(threads: 2), hostName: String = MachineEnvironment.systemHostName(),
        addresses: @escaping @Sendable () -> [NetworkAddress] = { NetworkAddress.current() }
    ) {
        self.clock = clock
        self.zone = zone
        self.random = random
        self.transport = transport
        self.resolver = resolver
        self.restartAction = restartAction
        self.blockingWork = blockingWork
        self.hostName = hostName
        self.addresses = addresses
    }

    /// What the system calls itself, or `localhost`.
    public static func systemHostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return name.isEmpty ? "localhost" : name
    }
}
