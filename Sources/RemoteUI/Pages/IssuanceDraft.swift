import Machine
import Synchronization

/// An issuance request between [Send Request] and [OK], whose CA may still have to be looked up (C6): in the session
/// only, never on disk and never in a page (I5).
final class IssuanceDraft: Sendable {
    typealias Preparation = Result<IssuancePreparation, any Error>

    /// Tells the draft that a page shows from one that another window has put in its place since.
    let id: String
    let form: IssuanceRequest.Form
    let request: IssuanceRequest
    private let outcome = Mutex<Preparation?>(nil)
    private let end: AsyncStream<Never>

    /// Begins to prepare the request.
    init(
        id: String, form: IssuanceRequest.Form, request: IssuanceRequest,
        prepare: @escaping @Sendable () async throws -> IssuancePreparation
    ) {
        (self.id, self.form, self.request) = (id, form, request)
        let (end, atEnd) = AsyncStream<Never>.makeStream()
        self.end = end
        Task {
            let result: Preparation
            do { result = .success(try await prepare()) } catch { result = .failure(error) }
            outcome.withLock { $0 = result }
            atEnd.finish()
        }
    }

    /// The server and the CA that the confirmation shows: [OK] sends there, or nowhere (C4). Nil while the CA is looked up.
    var preparation: Preparation? { outcome.withLock { $0 } }

    /// Waits until it is prepared, but no longer than this; for the one that began it.
    func wait(atMost limit: Duration) async {
        await withTaskGroup { group in
            group.addTask { for await _ in self.end {} }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
