import FoundationEssentials
import Machine
import Synchronization

/// The time of a run, which only the simulation moves on.
final class SimulatedTime: Sendable {
    /// 2026-10-10 08:00 UTC
    static let start = Date(timeIntervalSince1970: 1_791_619_200)
    /// 2026-10-25 01:00 UTC, when the summer time of Berlin ends within the run.
    static let endOfSummer = Date(timeIntervalSince1970: 1_792_890_000)
    static let zone = Zone { $0 < endOfSummer ? 7200 : 3600 }
    static let day = 86_400.0

    private let date = Mutex(SimulatedTime.start)

    var now: Date { date.withLock { $0 } }

    func advance(seconds: Double) { date.withLock { $0 += seconds } }
    func advance(to later: Date) { date.withLock { $0 = max($0, later) } }
}

/// The clock of one process: each look at it is a moment at which the power may be cut.
struct ProcessClock: WallClock {
    let time: SimulatedTime
    let power: Power

    func now() -> Date {
        power.moment()
        return time.now
    }

    /// Nobody sleeps: the simulation asks the machine itself when it wants to be looked after.
    func sleep(seconds: Double) async throws { throw CancellationError() }
}
