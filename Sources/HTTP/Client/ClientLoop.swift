import Synchronization

/// The client's event loop: started by the first exchange, ended with the last copy of the client.
final class ClientLoop: Sendable {
    private let mailbox = Mutex<LoopMailbox?>(nil)

    deinit {
        mailbox.withLock { mailbox in
            _ = mailbox?.post { loop in loop.stop() }
        }
    }

    /// Runs an exchange to its end, or until the task is cancelled.
    func exchange(_ order: ClientExchange.Order) async -> Result<ClientResponse, HTTPError> {
        let mailbox: LoopMailbox
        do throws(HTTPError) {
            mailbox = try started()
        } catch {
            return .failure(error)
        }
        let first = FirstOf<Result<ClientResponse, HTTPError>>()
        let identity = ObjectIdentifier(first)
        mailbox.post { loop in
            ClientExchange.start(order, identity: identity, on: loop) { first.offer($0) }
        }
        // The loop answers a cancellation, since only it knows whether the request had left; a job that comes after
        // the end finds nothing.
        return await withTaskCancellationHandler {
            await first.value()
        } onCancel: {
            mailbox.post { loop in
                loop.members(ClientExchange.self).first { $0.identity == identity }?.cancel(on: loop)
            }
        }
    }

    private func started() throws(HTTPError) -> LoopMailbox {
        try mailbox.withLock { (mailbox: inout LoopMailbox?) throws(HTTPError) -> LoopMailbox in
            if let mailbox {
                return mailbox
            }
            let started = try EventLoop.start {}
            mailbox = started
            return started
        }
    }
}
