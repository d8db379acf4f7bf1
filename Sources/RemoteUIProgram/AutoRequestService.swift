import Machine
import ServiceLifecycle

/// The automatic requests as a service: told to stop, it ends at once, even in the middle of an exchange, which the
/// machine's store takes up at the next start.
struct AutoRequestService: Service {
    let machine: Machine

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                try await machine.runAutoRequests()
            } catch is CancellationError {
                // As it was told.
            }
        }
    }
}
