import Glibc
import Synchronization

/// The value of the Date field, formatted once a second.
final class DateField: Sendable {
    private struct Cached {
        var seconds = Int.min
        var text = ""
    }

    private let cached = Mutex(Cached())

    /// The date now, by the wall clock.
    var value: String {
        let seconds = Glibc.time(nil)
        return cached.withLock { cached in
            if cached.seconds != seconds {
                cached = Cached(seconds: seconds, text: DateFormat.text(secondsSinceEpoch: seconds))
            }
            return cached.text
        }
    }
}
