import FoundationEssentials

/// What the rows of automatic requests hold beside those of requests by hand.
extension IssuanceTable {
    /// An automatic request: what it is for, how often it was polled, what its key was to be.
    struct Automatic: Sendable {
        /// The key settings as they were when it began.
        let key: AutoRequestKey
        let target: AutoRequestSchedule.Target
        /// How often the server was asked again.
        let polls: Int
        /// The attempt that is under way is one of the polls.
        let isPoll: Bool
        /// When the server was asked last.
        let attemptedAt: Date
        /// The key whose certificate signs; nil for a request that owes nothing to an old one.
        let renewsKeyID: Int?
        let renewalStep: RenewalStep?
        /// It was begun for an earlier target and taken up again for this one, which is due again if the server refuses
        /// what was taken up.
        let isCarried: Bool

        init?(_ row: Row) throws {
            guard try row.text("kind") == Kind.automatic.rawValue else { return nil }
            key = try StoredJSON.decode(AutoRequestKey.self, try row.blob("key_settings"))
            target = try StoredJSON.decode(AutoRequestSchedule.Target.self, try row.blob("target"))
            polls = try row.integer("polls")
            isPoll = try row.flag("is_poll")
            attemptedAt = try row.date("attempted_at")
            renewsKeyID = try row.optionalInteger("renews_key_id")
            renewalStep = try row.optionalText("renewal_step").flatMap(RenewalStep.init)
            isCarried = try row.flag("is_carried")
        }
    }

    /// Makes a request that was created one of the timer's.
    func setAutomatic(
        _ id: IssuanceID, key: AutoRequestKey, target: AutoRequestSchedule.Target, at now: Date
    ) throws {
        try connection.run(
            "UPDATE issuance SET kind = 'automatic', key_settings = ?, target = ?, attempted_at = ? WHERE id = ?",
            [
                .blob(try StoredJSON.encode(key)), .blob(try StoredJSON.encode(target)), SQLValue(now),
                SQLValue(id.rawValue),
            ])
    }

    /// How the certificate of a key is renewed; nil values for a request that owes nothing to an old one.
    func setRenewal(_ step: RenewalStep?, of keyID: Int?, _ id: IssuanceID) throws {
        try connection.run(
            "UPDATE issuance SET renewal_step = ?, renews_key_id = ? WHERE id = ?",
            [SQLValue(step?.rawValue), SQLValue(keyID), SQLValue(id.rawValue)])
    }

    /// Notes that the server is asked, or was.
    func setAttempt(_ id: IssuanceID, polls: Int, isPoll: Bool = false, at now: Date) throws {
        try connection.run(
            "UPDATE issuance SET polls = ?, is_poll = ?, attempted_at = ? WHERE id = ?",
            [SQLValue(polls), SQLValue(isPoll), SQLValue(now), SQLValue(id.rawValue)])
    }

    /// Takes a request up again for another target.
    func setCarried(_ target: AutoRequestSchedule.Target, _ id: IssuanceID) throws {
        try connection.run(
            "UPDATE issuance SET target = ?, is_carried = 1 WHERE id = ?",
            [.blob(try StoredJSON.encode(target)), SQLValue(id.rawValue)])
    }

    /// From now on what becomes of open requests says nothing of the schedule: it has begun anew, or their attempt is
    /// over.
    func clearCarried() throws { try connection.run("UPDATE issuance SET is_carried = 0") }
}
