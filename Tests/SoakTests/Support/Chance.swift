import PKI
import Synchronization

/// Random numbers that a seed decides: the same run again.
final class Chance: RandomSource {
    private let state: Mutex<UInt64>

    init(seed: UInt64) { state = Mutex(seed) }

    /// SplitMix64.
    private func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
            return value ^ value >> 31
        }
    }

    func bytes(_ count: Int) throws(PKIError) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
    }

    func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// True so many times of a hundred.
    func happens(_ percent: Int) -> Bool { number(0...99) < percent }

    func one<Element>(of choices: [Element]) -> Element { choices[number(0...choices.count - 1)] }
}
