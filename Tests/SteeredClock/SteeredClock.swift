import FoundationEssentials
import Machine

/// A clock that a test sets, stops, and lets run at any rate, by a file that it may replace at any moment.
///
/// The file holds three numbers: a real time, what this clock shows then, both in seconds since 1970, and how many of
/// its seconds pass in a real one. Processes with the same file agree.
struct SteeredClock: WallClock {
    let file: String

    func now() -> Date {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            preconditionFailure("\(file) cannot be read")
        }
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count == 3, numbers.allSatisfy(\.isFinite) else { preconditionFailure("\(file) is no clock") }
        let (real, shown, rate) = (numbers[0], numbers[1], numbers[2])
        return Date(timeIntervalSince1970: shown + (Date().timeIntervalSince1970 - real) * rate)
    }

    /// - Parameter seconds: on this clock, which may be set meanwhile.
    func sleep(seconds: Double) async throws {
        let end = now() + seconds
        while now() < end { try await Task.sleep(for: .milliseconds(10)) }
        try Task.checkCancellation()
    }
}
