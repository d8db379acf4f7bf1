import Dispatch
import Synchronization

/// Runs work that blocks or burns CPU (key generation, password hashing, name resolution) on threads of its own, off
/// the event loops
/// and off Swift's cooperative pool. At most `threads` pieces run at once; the rest wait in order.
public struct BlockingWork: Sendable {
    private let pool: Pool

    /// A pool of threads, started when the first work arrives and ended with the last copy of this value.
    ///
    /// - Parameter threads: 1 or more; less counts as 1.
    public init(threads: Int) {
        self.pool = Pool(threads: max(1, threads))
    }

    /// Runs `body` on one of the threads and returns what it returns, or throws what it throws.
    ///
    /// Cancelling the calling task does not interrupt work that has begun.
    ///
    /// - Throws: what `body` throws, or an `HTTPError` `.system` when no thread can be started.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try pool.add { continuation.resume(with: Swift.Result(catching: body)) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

extension BlockingWork {
    /// Owns the threads: they hold the queue, not the pool, so that the pool's end is theirs.
    private final class Pool: Sendable {
        private let queue = Queue()
        private let threads: Int
        private let started = Mutex(0)

        init(threads: Int) {
            self.threads = threads
        }

        deinit {
            queue.end(threads: threads)
        }

        func add(_ job: @escaping @Sendable () -> Void) throws(HTTPError) {
            try started.withLock { (started: inout Int) throws(HTTPError) -> Void in
                guard started < threads else {
                    return
                }
                do throws(HTTPError) {
                    try DetachedThread.start { [queue] in queue.work() }
                    started += 1
                } catch {
                    // Fewer threads still do the work; none cannot.
                    guard started > 0 else {
                        throw error
                    }
                }
            }
            queue.add(job)
        }
    }

    /// The work that waits, and what the threads wait on.
    private final class Queue: Sendable {
        private struct State {
            var jobs: [@Sendable () -> Void] = []
            var isEnded = false
        }

        private let state = Mutex(State())
        private let available = DispatchSemaphore(value: 0)

        func add(_ job: @escaping @Sendable () -> Void) {
            state.withLock { $0.jobs.append(job) }
            available.signal()
        }

        func end(threads: Int) {
            state.withLock { $0.isEnded = true }
            for _ in 0..<threads {
                available.signal()
            }
        }

        func work() {
            while true {
                available.wait()
                let (job, isEnded) = state.withLock { state in
                    (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isEnded)
                }
                if let job {
                    job()
                } else if isEnded {
                    return
                }
            }
        }
    }
}
