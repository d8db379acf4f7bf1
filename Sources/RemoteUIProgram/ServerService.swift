import HTTP
import ServiceLifecycle

/// The HTTP server as a service: told to stop, it lets the requests in hand finish.
struct ServerService: Service {
    let server: Server

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await server.run() }
    }
}
