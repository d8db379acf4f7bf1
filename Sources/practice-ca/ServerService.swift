import PracticeCA
import ServiceLifecycle

/// Ends the server when the program is told to stop.
struct ServerService: Service {
    let server: PracticeServer

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await server.run()
        }
    }
}
