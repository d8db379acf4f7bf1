import FoundationEssentials
import PKI

/// What is due at one moment, decided and marked in one database transaction (T9). It sends nothing: whatever it marks
/// as running is taken up by the caller, or after a power cut by the next start.
struct AutoRequestTick: Sendable {
    let now: Date
    let zone: Zone
    let random: any RandomSource
    let configuration: MachineConfiguration
    /// Requests that are under way in this process.
    let active: Set<IssuanceID>
    /// Requests whose end, or whose certificate, the store could not take.
    let unwritten: Set<IssuanceID>

    /// Seconds until something is tried again that the store refused.
    static let retryInterval = 60.0

    struct Step: Sendable {
        /// A request to take up.
        var proceed: IssuanceID?
        /// When something may be due again, as far as it depends on the clock.
        var next: Date?
    }

    func step(_ tables: Tables) throws -> Step {
        // Without the time no certificate can be judged, and no poll either.
        guard try tables.isClockSet(at: now) else { return Step() }
        if let running = try tables.issuances.all(.running).first {
            if running.automatic == nil || active.contains(running.id) { return Step() }
            return try takeUp(running, tables)
        }
        if let waiting = try tables.issuances.all(.waiting).first(where: { unwritten.contains($0.id) }),
            waiting.automatic != nil
        {
            return try takeUp(waiting, tables)
        }
        let plan = try tables.autoRequestPlan(at: now, zone: zone, random: random)
        if let due = plan.next, plan.isDue, let step = try begin(due, of: plan, tables) { return step }
        // What is due and cannot begin is no reason to look again at once.
        let coming = plan.isDue ? nil : plan.next?.at
        guard let open = try tables.issuances.all(.polling).first, let date = try tables.pollDate(open, at: now) else {
            return Step(next: coming)
        }
        guard try tables.isPolled(open) else {
            try tables.endPolling(open, by: .machine, at: now)
            return Step(next: now)
        }
        guard date <= now else { return Step(next: min(date, coming ?? date)) }
        try tables.beginPoll(open, by: .machine, at: now)
        return Step(proceed: open.id)
    }

    /// Begins what is due, or takes an open request up for it.
    private func begin(_ due: AutoRequestPlan.Due, of plan: AutoRequestPlan, _ tables: Tables) throws -> Step? {
        let open = try (tables.issuances.all(.polling) + tables.issuances.all(.waiting)).first
        if let open {
            // A request by hand that waits keeps the timer from being switched on, so that there is none.
            guard open.automatic != nil else { return nil }
            if try tables.isCurrent(open) {
                try tables.carry(open, for: due, of: plan, at: now)
                return Step(proceed: open.id)
            }
        }
        let id = try tables.begin(due, of: plan, inPlaceOf: open, configuration: configuration, at: now)
        return Step(proceed: id, next: now)
    }

    /// Goes on with a request that a restart, or a store that refused, cut off.
    private func takeUp(_ record: IssuanceTable.Record, _ tables: Tables) throws -> Step {
        guard let automatic = record.automatic else { return Step() }
        let next = automatic.attemptedAt + Self.retryInterval
        if unwritten.contains(record.id), automatic.attemptedAt <= now, now < next { return Step(next: next) }
        try tables.takeUp(record, polls: automatic.polls, isPoll: automatic.isPoll, at: now)
        return Step(proceed: record.id)
    }
}
