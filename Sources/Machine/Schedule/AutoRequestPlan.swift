import FoundationEssentials
import PKI

/// What is to be requested next, and when: computed from what is stored and from the clock, and from nothing else (T9).
///
/// Make one, ``draw(random:)``, store ``schedule`` if it changed; ``next`` is then what the machine waits for.
package struct AutoRequestPlan: Sendable {
    /// A coming request.
    package struct Due: Equatable, Sendable {
        package let target: AutoRequestSchedule.Target
        /// The set time, or the time at which the certificate has to be renewed.
        package let nominal: Date
        /// When the request is made: ``nominal`` and the adjustment.
        package let at: Date
    }

    /// The certificate that a renewal would replace.
    package struct Renewable: Equatable, Sendable {
        package let keyID: Int
        package let notBefore: Date
        package let notAfter: Date

        package init(keyID: Int, notBefore: Date, notAfter: Date) {
            self.keyID = keyID
            self.notBefore = notBefore
            self.notAfter = notAfter
        }
    }

    /// The clock may be set back by as many seconds before an occurrence that was done counts as never reached.
    static let day = 86_400.0

    /// As it has to be stored: put right when the clock had been wrong, with the adjustment of the coming request.
    package private(set) var schedule: AutoRequestSchedule

    private let settings: AutoRequestSettings
    private let occurrences: Occurrences?
    private let renewable: Renewable?
    private let now: Date
    /// The timer is on and the clock has been set.
    private let isActive: Bool

    /// - Parameter isClockSet: false when more is known against the clock than that it stands before 2025.
    package init(
        settings: AutoRequestSettings, schedule: AutoRequestSchedule, renewable: Renewable?, zone: Zone, now: Date,
        isClockSet: Bool = true
    ) {
        self.settings = settings
        self.schedule = schedule
        self.renewable = renewable
        self.now = now
        occurrences = Occurrences(settings, zone: zone)
        isActive = settings.isTimerEnabled && isClockSet && now >= Tables.earliestClock
        if isActive { repair() }
    }

    /// The earliest request to come; due when its `at` has come. Nil when the timer is off, nothing more is scheduled,
    /// or the clock has not been set.
    package var next: Due? {
        guard let coming else { return nil }
        let seconds = schedule.adjustment.map { $0.target == coming.target ? $0.seconds : 0 } ?? 0
        return Due(target: coming.target, nominal: coming.nominal, at: coming.nominal + Double(seconds))
    }

    package var isDue: Bool { next.map { $0.at <= now } ?? false }

    /// Draws the adjustment of the coming request unless it has one (T2).
    package mutating func draw(random: any RandomSource) throws(PKIError) {
        guard isActive else { return }
        guard let coming, settings.adjustsRequestTime else {
            schedule.adjustment = nil
            return
        }
        if schedule.adjustment?.target == coming.target { return }
        schedule.adjustment = try AutoRequestSchedule.Adjustment(target: coming.target, random: random)
    }

    /// The schedule to store when the request is begun now. It takes with it all set times that have passed: what was
    /// missed is sent once, and a renewal stands for it too.
    package func begun(_ due: Due) -> AutoRequestSchedule {
        var begun = schedule
        begun.adjustment = nil
        var passed = [begun.done, occurrences?.last(at: now)]
        switch due.target {
        case .occurrence(let k): passed.append(k)
        case .renewal: begun.renewalAttemptedAt = now
        }
        begun.done = passed.compactMap { $0 }.max()
        return begun
    }

    private var coming: (target: AutoRequestSchedule.Target, nominal: Date)? {
        guard isActive else { return nil }
        guard let renewal else { return occurrence }
        guard let occurrence else { return renewal }
        return renewal.nominal < occurrence.nominal ? renewal : occurrence
    }

    private var occurrence: (target: AutoRequestSchedule.Target, nominal: Date)? {
        guard let occurrences, let k = occurrences.next(after: schedule.done), let date = occurrences.date(k) else {
            return nil
        }
        return (.occurrence(k), date)
    }

    /// T10
    private var renewal: (target: AutoRequestSchedule.Target, nominal: Date)? {
        guard let renewable, var nominal = renewable.date(settings.renewal.trigger) else { return nil }
        // An attempt that lies ahead was made while the clock was wrong.
        if let attempt = schedule.renewalAttemptedAt, attempt <= now {
            nominal = max(nominal, attempt + renewable.retryInterval)
        }
        return (.renewal(keyID: renewable.keyID), nominal)
    }

    /// An occurrence that was done and now lies far ahead was done while the clock was wrong: it has yet to come.
    private mutating func repair() {
        guard let done = schedule.done, let occurrences else { return }
        guard let date = occurrences.date(done) ?? occurrences.date(0), date > now + Self.day else { return }
        schedule.done = occurrences.last(at: now)
    }
}

extension AutoRequestPlan.Renewable {
    private var life: Double { max(0, notAfter.timeIntervalSince(notBefore)) }

    /// When the certificate is due for renewal; nil when it is not renewed.
    fileprivate func date(_ trigger: RenewalSettings.Trigger) -> Date? {
        switch trigger {
        case .off: return nil
        case .daysBefore(let days):
            // A certificate that lasts hardly longer than that is used for half of its life: its successor would be due
            // at once, and every day again.
            return max(notAfter - Double(days) * AutoRequestPlan.day, notBefore + life / 2)
        case .percentOfLife(let percent): return notBefore + life * Double(percent) / 100
        }
    }

    /// Seconds after which a renewal that failed is tried again: a day, but for a certificate of a few days a tenth of
    /// its life, so that some tries are left before its end; ten minutes at least.
    fileprivate var retryInterval: Double { min(AutoRequestPlan.day, max(600, life / 10)) }
}
