/// Deadlines by owner, the earliest first: a binary heap that knows where each owner stands, so that moving a
/// deadline costs O(log n) and
/// nothing stale is kept.
struct DeadlineQueue<Owner: Hashable & Sendable>: Sendable {
    private struct Entry {
        let owner: Owner
        var instant: ContinuousClock.Instant
    }

    private var heap: [Entry] = []
    private var places: [Owner: Int] = [:]

    /// The earliest deadline.
    var earliest: ContinuousClock.Instant? {
        heap.first?.instant
    }

    /// Sets, moves or (with nil) removes an owner's deadline.
    mutating func set(_ owner: Owner, to instant: ContinuousClock.Instant?) {
        guard let instant else {
            if let place = places[owner] {
                remove(at: place)
            }
            return
        }
        if let place = places[owner] {
            guard heap[place].instant != instant else {
                return
            }
            heap[place].instant = instant
            settle(place)
        } else {
            heap.append(Entry(owner: owner, instant: instant))
            places[owner] = heap.count - 1
            settle(heap.count - 1)
        }
    }

    /// Takes one owner whose deadline is not after `now`.
    mutating func popExpired(at now: ContinuousClock.Instant) -> Owner? {
        guard let first = heap.first, first.instant <= now else {
            return nil
        }
        remove(at: 0)
        return first.owner
    }

    private mutating func remove(at place: Int) {
        let last = heap.count - 1
        exchange(place, last)
        places[heap.removeLast().owner] = nil
        if place < heap.count {
            settle(place)
        }
    }

    private mutating func settle(_ start: Int) {
        var place = start
        while place > 0, heap[place].instant < heap[(place - 1) / 2].instant {
            exchange(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                if heap[child].instant < heap[least].instant {
                    least = child
                }
            }
            guard least != place else {
                return
            }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        guard one != other else {
            return
        }
        heap.swapAt(one, other)
        places[heap[one].owner] = one
        places[heap[other].owner] = other
    }
}
