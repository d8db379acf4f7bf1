import FoundationEssentials
import SCEP

/// How an automatic request goes on by itself after a communication error or PENDING (T3). Everything is computed from
/// the present settings: a change counts from the next poll on.
extension Tables {
    /// Whether the server is asked again after an attempt that brought no decision.
    func isPolled(_ record: IssuanceTable.Record) throws -> Bool {
        guard let automatic = record.automatic else { return false }
        let settings = try settings.autoRequestSettings
        return settings.isTimerEnabled && settings.isPollingEnabled && automatic.polls < settings.pollingTimes
    }

    /// How far the polling of a request has come; nil for one that is neither being polled nor waiting for it.
    func polling(_ record: IssuanceTable.Record) throws -> IssuanceProgress.Polling? {
        guard let automatic = record.automatic else { return nil }
        return IssuanceProgress.Polling(
            record.state, made: automatic.polls, isPoll: automatic.isPoll, attemptedAt: automatic.attemptedAt,
            settings: try settings.autoRequestSettings)
    }

    /// When a request is polled next. A clock that stands before the last attempt was set back: it is polled at once.
    func pollDate(_ record: IssuanceTable.Record, at now: Date) throws -> Date? {
        guard let automatic = record.automatic, let nextAt = try polling(record)?.nextAt else { return nil }
        return automatic.attemptedAt > now ? now : nextAt
    }

    /// Timer or polling was switched off: what is polled no more ends with what it last heard, and is kept for
    /// [Check Again] if the server may have got it (T8).
    ///
    /// - Returns: whether there was one.
    func stopPolling(by administrator: Administrator, at now: Date) throws -> Bool {
        let polling = try issuances.all(.polling).filter { try !isPolled($0) }
        for record in polling { try endPolling(record, by: administrator, at: now) }
        return !polling.isEmpty
    }

    /// Ends the polling of a request with what it last heard.
    func endPolling(_ record: IssuanceTable.Record, by administrator: Administrator, at now: Date) throws {
        let outcome =
            try record.historyNumber.flatMap { try history.outcome($0) } ?? IssuanceOutcome(.deferred, .deferred)
        try keepOrEnd(record, outcome, at: now)
        try audit.append(.poll, record.keyName, .failed, detail: "stopped", by: administrator, at: now)
    }

    /// Marks a request as asked again at this moment.
    func beginPoll(_ record: IssuanceTable.Record, by administrator: Administrator, at now: Date) throws {
        guard let automatic = record.automatic else { return }
        try takeUp(record, polls: automatic.polls + 1, isPoll: true, at: now)
        try audit.append(.poll, record.keyName, detail: "number \(automatic.polls + 1)", by: administrator, at: now)
    }

    /// Marks a request as running again.
    func takeUp(_ record: IssuanceTable.Record, polls: Int, isPoll: Bool, at now: Date) throws {
        var steps = record.steps
        // One that cannot be read ends the attempt with its own error.
        let isSent = record.sealedTransaction != nil && (try? issuances.transaction(record).state) != .ready
        steps.resume(at: record.keyID == nil ? .key : isSent ? .request : .capabilities)
        try issuances.setState(.running, steps, of: record.id)
        try issuances.setAttempt(record.id, polls: polls, isPoll: isPoll, at: now)
    }
}

extension IssuanceProgress.Polling {
    init?(
        _ state: IssuanceProgress.State, made: Int, isPoll: Bool, attemptedAt: Date, settings: AutoRequestSettings
    ) {
        let nextAt: Date?
        switch state {
        case .polling: nextAt = attemptedAt + Double(settings.pollingInterval) * 60
        case .running where isPoll: nextAt = nil
        case .running, .waiting, .succeeded, .failed: return nil
        }
        self.init(made: made, limit: settings.pollingTimes, nextAt: nextAt)
    }
}
