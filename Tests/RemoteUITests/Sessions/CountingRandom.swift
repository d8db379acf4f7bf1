import PKI
import Synchronization

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
