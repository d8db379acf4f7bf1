import FoundationEssentials

/// The set times of an auto request: number k lies k intervals after the start, at the same time of day by the local
/// clock (T1, T4). Their number has no end unless the request is not periodic: then there is number 0 only.
struct Occurrences: Sendable {
    let start: LocalDateTime
    /// In days; nil when the request is not periodic.
    let interval: Int?
    let zone: Zone

    /// Nil when the settings have no start.
    init?(_ settings: AutoRequestSettings, zone: Zone) {
        guard let start = settings.start else { return nil }
        self.start = start
        interval = settings.isPeriodic ? settings.interval : nil
        self.zone = zone
    }

    /// The point in time of number k, without adjustment; nil if there is no such number.
    func date(_ k: Int) -> Date? {
        guard let interval else { return k == 0 ? start.date(in: zone) : nil }
        return k >= 0 ? start.adding(days: k * interval).date(in: zone) : nil
    }

    /// The number after `done`; nil if there is none.
    func next(after done: Int?) -> Int? {
        guard let done else { return 0 }
        return interval == nil ? nil : done + 1
    }

    /// The largest number whose time is not after `now`; nil before the start.
    func last(at now: Date) -> Int? {
        guard let interval else { return isPassed(0, at: now) ? 0 : nil }
        // The local dates give the number to within one; a leap of the clock decides about that one.
        let days = LocalDateTime(now, zone: zone).date.daysSince1970 - start.date.daysSince1970
        var k = max(0, days / interval)
        while isPassed(k + 1, at: now) { k += 1 }
        while k >= 0, !isPassed(k, at: now) { k -= 1 }
        return k >= 0 ? k : nil
    }

    private func isPassed(_ k: Int, at now: Date) -> Bool { date(k).map { $0 <= now } ?? false }
}
