import Machine
import ServiceLifecycle
import Synchronization

/// Restart by replacing the own process (D3): ends the service group, after which the program executes itself anew.
///
/// A browser that asked for it first gets the page that waits. When the machine restarts by itself (T5), nobody fetches
/// that page, and nothing is waited for but the answers under way, by the server's graceful end.
final class ProcessRestart: RestartAction, Service {
    private enum Event: Sendable { case requested, waitingPageSent }

    /// The browser follows the redirect to the waiting page; one that does not must not keep the machine from restarting.
    private static let patience: Duration = .seconds(10)
    /// For the last bytes of the waiting page and what it loads.
    private static let grace: Duration = .milliseconds(700)

    private let events: AsyncStream<Event>
    private let post: AsyncStream<Event>.Continuation
    private let isDueFlag = Atomic<Bool>(false)
    private let isGivenUp = Atomic<Bool>(false)
    private let askingBrowsers = Atomic<Int>(0)

    init() {
        (events, post) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
    }

    /// Whether the program is to execute itself anew once the service group has ended.
    var isDue: Bool { isDueFlag.load(ordering: .acquiring) && !isGivenUp.load(ordering: .acquiring) }

    func restart() async throws { post.yield(.requested) }

    /// The program was told to stop: that counts, whatever was asked for before.
    func giveUp() { isGivenUp.store(true, ordering: .releasing) }

    /// Tells that a browser asks for the restart: if it is let, it will fetch the waiting page.
    func browserAsks() { askingBrowsers.add(1, ordering: .acquiringAndReleasing) }

    /// Takes back ``browserAsks()``.
    func browserWasRefused() { askingBrowsers.subtract(1, ordering: .acquiringAndReleasing) }

    /// Tells that a browser has been answered with the waiting page.
    func waitingPageWasSent() { post.yield(.waitingPageSent) }

    /// Returns when a restart is due, or when the program is told to stop.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            guard await next(.requested) else { return }
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    guard await self.next(.waitingPageSent) else { return }
                    try? await Task.sleep(for: Self.grace)
                }
                group.addTask {
                    guard self.askingBrowsers.load(ordering: .acquiring) > 0 else { return }
                    try? await Task.sleep(for: Self.patience)
                }
                await group.next()
                group.cancelAll()
            }
            if !Task.isCancelled { isDueFlag.store(true, ordering: .releasing) }
        }
    }

    /// Waits for an event, passing over others; false if the task was cancelled first.
    private func next(_ wanted: Event) async -> Bool {
        for await event in events where event == wanted { return true }
        return false
    }
}
