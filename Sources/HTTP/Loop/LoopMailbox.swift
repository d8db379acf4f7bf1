import CLinux
import Glibc
import Synchronization

/// How other threads reach an event loop: jobs in order, and an eventfd that wakes it.
final class LoopMailbox: Sendable {
    /// Work for the loop's thread.
    typealias Job = @Sendable (EventLoop) -> Void

    private struct State {
        var jobs: [Job] = []
        var isClosed = false
    }

    let wake: FileDescriptor
    private let state = Mutex(State())

    /// - Throws: `.system` when no descriptor is left.
    init() throws(HTTPError) {
        let raw = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard raw >= 0 else {
            throw HTTPError(.system, "No event descriptor is available (\(SystemCall.text(errno))).")
        }
        self.wake = FileDescriptor(raw)
    }

    /// Has a job run on the loop's thread; false when the loop has ended and never will.
    @discardableResult
    func post(_ job: @escaping Job) -> Bool {
        let (isClosed, isFirst) = state.withLock { state in
            guard !state.isClosed else {
                return (true, false)
            }
            state.jobs.append(job)
            return (false, state.jobs.count == 1)
        }
        // Later jobs ride on the first one's wake-up.
        if isFirst {
            eventfd_write(wake.raw, 1)
        }
        return !isClosed
    }

    /// Takes all jobs; called on the loop's thread.
    func take() -> [Job] {
        var count: eventfd_t = 0
        eventfd_read(wake.raw, &count)
        return state.withLock { state in
            defer { state.jobs = [] }
            return state.jobs
        }
    }

    /// Takes the last jobs and accepts no more.
    func close() -> [Job] {
        state.withLock { state in
            defer { state.jobs = [] }
            state.isClosed = true
            return state.jobs
        }
    }
}
