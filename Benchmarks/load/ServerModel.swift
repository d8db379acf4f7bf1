/// A SCEP server as a queue: it works on one request at a time, lets a bounded number wait, and refuses the connection
/// of any other. Times are in microseconds.
struct ServerModel {
    /// How long it works on one request.
    let service: Int
    /// How many requests wait at most, besides the one that it works on.
    let places: Int
    private var free = Int.min

    init(requestsPerSecond: Int, places: Int) {
        service = 1_000_000 / requestsPerSecond
        self.places = places
    }

    /// When a request that comes now is answered; nil when it is refused. Requests come in the order of time.
    mutating func answer(at now: Int) -> Int? {
        let left = max(0, free - min(free, now))
        // The one in work counts as one, however little of it is left.
        let waiting = max(0, (left + service - 1) / service - 1)
        if left > 0, waiting >= places { return nil }
        free = max(free, now) + service
        return free
    }
}
