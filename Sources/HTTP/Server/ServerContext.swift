import Logging
import Synchronization

/// What all connections of a server share.
final class ServerContext: Sendable {
    let configuration: ServerConfiguration
    let handler: any Handler
    let logger: Logger
    let date = DateField()
    private let draining = Atomic(false)

    init(configuration: ServerConfiguration, handler: any Handler, logger: Logger) {
        self.configuration = configuration
        self.handler = handler
        self.logger = logger
    }

    /// Whether the server stops.
    var isDraining: Bool {
        draining.load(ordering: .acquiring)
    }

    /// Says that the server stops.
    func drain() {
        draining.store(true, ordering: .releasing)
    }

    /// Connections that one loop may hold.
    var connectionsPerLoop: Int {
        share(of: configuration.connections)
    }

    /// Connections of one remote address that one loop may hold; the acceptor deals them out evenly.
    var connectionsPerAddressAndLoop: Int {
        share(of: configuration.connectionsPerAddress)
    }

    private func share(of count: Int) -> Int {
        max(1, count / max(1, configuration.eventLoops))
    }
}
