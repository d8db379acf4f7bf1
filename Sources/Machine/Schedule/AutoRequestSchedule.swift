import FoundationEssentials
import PKI

/// What the machine remembers of its schedule beside the settings: stored, so that a restart changes nothing (T9).
package struct AutoRequestSchedule: Codable, Equatable, Sendable {
    /// What a request is made for.
    package enum Target: Codable, Hashable, Sendable {
        /// The set time number 0, 1, 2 …, counted from the start.
        case occurrence(Int)
        /// The renewal of a key's certificate.
        case renewal(keyID: Int)
    }

    /// How far the coming request is put off (T2).
    package struct Adjustment: Codable, Equatable, Sendable {
        package let target: Target
        /// 1 to 600.
        package let seconds: Int

        package init(target: Target, seconds: Int) {
            self.target = target
            self.seconds = seconds
        }
    }

    /// The highest occurrence that was begun, or passed while the machine was off and made up for.
    package var done: Int?
    package var adjustment: Adjustment?
    /// When a renewal was begun last, be it well or not.
    package var renewalAttemptedAt: Date?

    package init(done: Int? = nil, adjustment: Adjustment? = nil, renewalAttemptedAt: Date? = nil) {
        self.done = done
        self.adjustment = adjustment
        self.renewalAttemptedAt = renewalAttemptedAt
    }

    /// What was begun for a target came to nothing: it is due again.
    mutating func reopen(_ target: Target) {
        switch target {
        case .occurrence(let number): done = number > 0 ? number - 1 : nil
        case .renewal: renewalAttemptedAt = nil
        }
    }

    /// Begins anew with changed settings: no set time is done, and the coming request draws its own adjustment.
    mutating func reset() {
        done = nil
        adjustment = nil
    }
}

extension AutoRequestSchedule.Adjustment {
    /// The seconds that [Auto Adjust Issuance Request Time] puts a request off.
    package static let range = 1...600

    /// Draws for a target, each of ``range`` with the same probability.
    package init(target: AutoRequestSchedule.Target, random: any RandomSource) throws(PKIError) {
        // The largest multiple of 600 that 16 bits hold: what lies above is thrown away, or 1 to 136 would come more
        // often than the others. One draw in 482 is, so that sixteen in a row mean a source that is not random.
        let limit = 65_536 / Self.range.count * Self.range.count
        for _ in 0..<16 {
            let bytes = try random.bytes(2)
            let value = Int(bytes[0]) << 8 | Int(bytes[1])
            if value < limit {
                self.init(target: target, seconds: Self.range.lowerBound + value % Self.range.count)
                return
            }
        }
        throw PKIError(.library, "the random numbers are always the same")
    }
}
