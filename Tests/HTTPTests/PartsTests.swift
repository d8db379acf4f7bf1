import Glibc
import Synchronization
import Testing

@testable import HTTP

@Suite("Deadlines, dates, blocking work")
struct PartsTests {
    /// Counts who is inside, and the most there ever were.
    private final class Gauge: Sendable {
        private let state = Mutex((now: 0, most: 0))

        var most: Int { state.withLock { $0.most } }

        func enter() {
            state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        }

        func leave() {
            state.withLock { $0.now -= 1 }
        }
    }

    @Test("Deadlines come out in order, however they were set, moved and removed")
    func deadlines() {
        let start = ContinuousClock.now
        var queue = DeadlineQueue<Int>()
        for number in 0..<200 {
            queue.set(number, to: start + .seconds((number * 73) % 200))
        }
        for number in stride(from: 0, to: 200, by: 3) {
            queue.set(number, to: nil)
        }
        for number in stride(from: 1, to: 200, by: 3) {
            queue.set(number, to: start + .seconds(1_000 - number))
        }
        #expect(queue.popExpired(at: start - .seconds(1)) == nil)
        var order: [Int] = []
        while let number = queue.popExpired(at: start + .seconds(2_000)) {
            order.append(number)
        }
        let later = stride(from: 1, to: 200, by: 3).sorted { 1_000 - $0 < 1_000 - $1 }
        let earlier = stride(from: 2, to: 200, by: 3).sorted { ($0 * 73) % 200 < ($1 * 73) % 200 }
        #expect(order == earlier + later)
        #expect(queue.earliest == nil)
    }

    @Test("A deadline is not taken before its time")
    func notBefore() {
        let start = ContinuousClock.now
        var queue = DeadlineQueue<Int>()
        queue.set(1, to: start + .seconds(2))
        #expect(queue.popExpired(at: start + .seconds(1)) == nil)
        #expect(queue.earliest == start + .seconds(2))
        #expect(queue.popExpired(at: start + .seconds(2)) == 1)
    }

    @Test(
        "Dates are in IMF-fixdate (RFC 9110 section 5.6.7)",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_795_219_199, "Fri, 20 Nov 2026 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ])
    func dates(seconds: Int, text: String) {
        #expect(DateFormat.text(secondsSinceEpoch: seconds) == text)
    }

    @Test("Blocking work runs no more pieces at once than it has threads, and all of them")
    func blockingWork() async throws {
        let work = BlockingWork(threads: 3)
        let gauge = Gauge()
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await work.run {
                        gauge.enter()
                        // Room for others to be inside as well, if anything lets them.
                        for _ in 0..<200 { sched_yield() }
                        gauge.leave()
                        return number
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 4_950)
        #expect(gauge.most <= 3)
    }

    @Test("An error of blocking work reaches its caller, and the thread goes on")
    func blockingError() async throws {
        let work = BlockingWork(threads: 1)
        await #expect(throws: HTTPError(.malformed, "")) {
            try await work.run { throw HTTPError(.malformed, "") }
        }
        #expect(try await work.run { 1 } == 1)
    }
}
