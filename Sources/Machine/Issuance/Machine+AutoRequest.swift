import FoundationEssentials

extension Machine {
    /// The loop never sleeps longer than this many seconds: the clock or its zone may be set meanwhile.
    private static let longestSleep = 30.0

    /// Makes the automatic requests when they are due, polls, and restarts the machine when that is wanted (T1 to T10).
    /// Looks at the clock at least every 30 seconds, and at once when the settings change or a request ends. A failure
    /// of the machine is logged, and what is due is tried again then. Returns when the task is cancelled.
    public func runAutoRequests() async throws {
        while !Task.isCancelled {
            var next: Date?
            await catchUpOnAudit()
            do {
                next = try await tick()
            } catch {
                let reason = (error as? MachineError)?.description ?? "\(type(of: error))"
                logger.error("The automatic requests could not be looked after: \(reason)")
            }
            let wait = next?.timeIntervalSince(now) ?? Self.longestSleep
            await alarm.sleep(seconds: min(max(wait, 1), Self.longestSleep), clock: environment.clock)
        }
    }

    /// Lets the loop look again at once: what it goes by has changed.
    public func wakeAutoRequests() { alarm.ring() }

    /// Does what is due at this moment. A request goes on by itself: ``waitForIssuances()`` waits for its end.
    ///
    /// - Returns: when something may be due again; nil when that does not depend on the clock alone.
    @discardableResult
    func tick() async throws -> Date? {
        guard alarm.beginTick() else { return nil }
        defer { alarm.endTick() }
        let restart = try await restartIfDue()
        let (active, unwritten) = await issuing.openEnds
        let tick = AutoRequestTick(
            now: now, zone: environment.zone, random: environment.random, configuration: configuration,
            active: active, unwritten: unwritten)
        let step = try await store.write { try tick.step($0) }
        if let id = step.proceed { await issuing.resume(id, by: .machine) }
        return [restart, step.next].compactMap { $0 }.min()
    }

    /// What the timer has before it, and what it has under way (S1).
    public func autoRequestState() async throws -> AutoRequestState {
        let (now, environment) = (now, environment)
        let unwritten = await issuing.unwritten
        // The first look at a coming request draws its adjustment, which is then stored.
        return try await store.write { tables in
            let settings = try tables.settings.autoRequestSettings
            let plan = try tables.autoRequestPlan(at: now, zone: environment.zone, random: environment.random)
            return AutoRequestState(
                isTimerEnabled: settings.isTimerEnabled, isClockSet: try tables.isClockSet(at: now),
                nextRequest: plan.next.flatMap { AutoRequestState.NextRequest($0, settings) },
                current: try tables.issuances.openAutomatic().map { try tables.progress($0, unwritten) },
                lastSuccess: try tables.history.lastAutomaticSuccess())
        }
    }
}

extension AutoRequestState.NextRequest {
    fileprivate init?(_ due: AutoRequestPlan.Due, _ settings: AutoRequestSettings) {
        guard let keyName = settings.key?.keyName else { return nil }
        let kind: Kind =
            switch due.target {
            case .occurrence(0): .start
            case .occurrence: .periodic
            case .renewal: .renewal
            }
        self.init(date: due.at, kind: kind, keyName: keyName)
    }
}
