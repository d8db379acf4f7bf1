import PKI
import Synchronization

/// A monotonic clock that moves when a test says so.
final class StepClock: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { instant.withLock { $0 } }

    func advance(by duration: Duration) { instant.withLock { $0 = $0.advanced(by: duration) } }
}

/// Bytes that count up: each draw differs from the one before, and every run is the same.
final class CountingRandom: RandomSource {
    private let counter = Mutex<UInt8>(0)

    func bytes(_ count: Int) throws(PKIError) -> [UInt8] {
        let first = counter.withLock { counter in
            counter &+= 1
            return counter
        }
        return [UInt8](repeating: first, count: count)
    }
}
