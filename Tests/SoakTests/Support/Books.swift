import FoundationEssentials
import PKI
import SCEP

@testable import Machine

/// What has been seen of a machine so far, and what must be true of it at any moment at which it is at rest.
struct Books {
    private let plan: RunPlan
    /// The history as it would be without its limit, by number.
    private(set) var rows: [Int: HistoryEntry] = [:]
    /// The store's keys at the last look, and all that were there before.
    private var keyIDs: [PublicKey: Int] = [:]
    /// Keys that went as they may.
    private var gone: Set<PublicKey> = []
    /// Keys that an administrator has deleted.
    private var deleted: Set<PublicKey> = []
    /// Rows of requests that an administrator has asked for again.
    private var checked: Set<Int> = []
    /// What was said of transactions while they were open, so that they may have been taken up again for a later request.
    private var putOff: [String: Set<Word>] = [:]

    /// What a row of the history says of an attempt.
    private struct Word: Hashable {
        let details: HistoryDetails?
        let cause: IssuanceCause?
    }

    init(plan: RunPlan) { self.plan = plan }

    /// An administrator deletes a key that is idle.
    mutating func delete(_ key: Inventory.Key) {
        if let publicKey = key.publicKey { deleted.insert(publicKey) }
    }

    /// An administrator asks for a request again, at any time.
    mutating func checkAgain(_ open: Inventory.Open) {
        if let number = open.historyNumber { checked.insert(number) }
    }

    /// The certificates that the machine has acknowledged, by transaction, with their rows.
    private var successes: [String: HistoryEntry] {
        var successes: [String: HistoryEntry] = [:]
        for row in rows.values where row.status == .successful { successes[row.transactionID ?? ""] = row }
        return successes
    }

    /// Looks at everything.
    /// - Parameters:
    ///   - issued: the CA's log.
    ///   - read: transactions whose certificate has come to the machine since the last look.
    /// - Returns: what is wrong.
    mutating func look(at inventory: Inventory, issued: [String: Certificate], read: Set<String>) -> [String] {
        var problems = lookAtHistory(inventory, issued: issued)
        problems += lookAtKeys(inventory)
        problems += lookAtOpenRequests(inventory, issued: issued)
        let successes = successes
        for id in read where successes[id] == nil {
            problems.append("the certificate of \(id) was read and is no success")
        }
        problems += lookAtSetTimes()
        let held = Set(inventory.keys.compactMap(\.certificate))
        for (id, row) in successes {
            guard let certificate = issued[id] else {
                problems.append("row \(row.number) is successful, and the CA has issued nothing for \(id)")
                continue
            }
            if !held.contains(certificate), !mayBeGone(certificate.publicKey, inventory) {
                problems.append("row \(row.number): the certificate of \(row.keyName) is lost")
            }
        }
        let stored = Set(inventory.keys.compactMap(\.publicKey))
        for (id, certificate) in issued where successes[id] == nil {
            let key = certificate.publicKey
            if !stored.contains(key), !mayBeGone(key, inventory), !wasGivenUp(key) {
                problems.append("a key that the CA has certified for \(id) is lost")
            }
        }
        return problems
    }

    // MARK: Parts

    private mutating func lookAtHistory(_ inventory: Inventory, issued: [String: Certificate]) -> [String] {
        var problems: [String] = []
        let newest = rows.keys.max() ?? 0
        if let oldest = inventory.history.last?.number, oldest > newest + 1 {
            problems.append("the history was looked at too seldom")
        }
        for row in inventory.history { rows[row.number] = row }
        let open = Set(inventory.open.compactMap(\.historyNumber))
        for row in inventory.history where row.status == .processing && !open.contains(row.number) {
            problems.append("row \(row.number) says that it is being processed, and nothing is")
        }
        for row in inventory.history where row.status == .error && row.details == nil {
            problems.append("row \(row.number) is an error without details")
        }
        return problems
    }

    /// T4, T9: between two set times there is one certificate at most, whatever became of the requests.
    private func lookAtSetTimes() -> [String] {
        guard plan.settings.isPeriodic, plan.settings.renewal.trigger == .off, let start = plan.settings.start else {
            return []
        }
        func day(_ date: Date) -> Int {
            let local = date + Double(SimulatedTime.zone.offset(at: date))
            let begin = start.date(in: SimulatedTime.zone)
            let first = begin + Double(SimulatedTime.zone.offset(at: begin))
            return Int((local.timeIntervalSince(first) / SimulatedTime.day).rounded(.down))
        }
        let days = successes.values.filter { !checked.contains($0.number) }.map { day($0.requestDate) }
        return Dictionary(days.map { ($0, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }.map { day, count in
            "\(count) certificates after set time \(day)"
        }
    }

    private mutating func lookAtKeys(_ inventory: Inventory) -> [String] {
        var problems: [String] = []
        if inventory.keys.count > plan.keyLimit { problems.append("\(inventory.keys.count) keys in the store") }
        let serving = inventory.keys.filter { $0.use == .tls && $0.state == .inUse }
        if serving.count != 1 { problems.append("\(serving.count) TLS keys in use") }
        let awaited = Set(inventory.open.compactMap(\.keyID))
        for key in inventory.keys {
            if key.publicKey == nil || key.state == .corrupted { problems.append("key \(key.name) cannot be read") }
            if key.certificate == nil, !awaited.contains(key.id) {
                problems.append("key \(key.name) waits for a certificate that nobody asks for")
            }
            if let publicKey = key.publicKey { keyIDs[publicKey] = key.id }
        }
        if let entry = inventory.alteredAuditEntry { problems.append("audit entry \(entry) is altered") }
        return problems
    }

    private mutating func lookAtOpenRequests(_ inventory: Inventory, issued: [String: Certificate]) -> [String] {
        var problems: [String] = []
        if inventory.open.count > 1 { problems.append("\(inventory.open.count) open requests") }
        for open in inventory.open {
            guard let transaction = open.transaction else {
                problems.append("an open request has no transaction")
                continue
            }
            if let row = open.historyNumber.flatMap({ rows[$0] }), row.details != nil {
                putOff[transaction.id.text, default: []].insert(Word(details: row.details, cause: row.cause))
            }
            guard let key = inventory.keys.first(where: { $0.id == open.keyID }), let publicKey = key.publicKey else {
                problems.append("the key of the open transaction \(transaction.id) is lost")
                continue
            }
            if let certificate = issued[transaction.id.text], certificate.publicKey != publicKey {
                problems.append("the open transaction \(transaction.id) is for another key than it was sent for")
            }
        }
        return problems
    }

    /// Whether a key that is not in the store went as it may: by an administrator's hand, or as the old key of one that
    /// serves (T6).
    private mutating func mayBeGone(_ key: PublicKey, _ inventory: Inventory) -> Bool {
        if gone.contains(key) { return true }
        let isReplaced =
            plan.settings.deletesOldKey
            && inventory.serving[plan.use].map { serving in keyIDs[key].map { $0 < serving } ?? false } ?? false
        guard deleted.contains(key) || isReplaced else { return false }
        gone.insert(key)
        return true
    }

    /// Whether the history tells why a key was given up though the CA has certified it: an administrator discarded the
    /// request; or when it was taken up again, the server refused it or met it with the error of the time before.
    private func wasGivenUp(_ key: PublicKey) -> Bool {
        let ids = (0...2).map { TransactionID(publicKey: key, attempt: $0).text }
        let before = Set(ids.compactMap { putOff[$0] }.joined())
        return rows.values.contains { row in
            guard let id = row.transactionID, ids.contains(id), row.status == .error else { return false }
            return switch row.cause {
            case .discarded: true
            case .refusedByServer: !before.isEmpty
            default: before.contains(Word(details: row.details, cause: row.cause))
            }
        }
    }
}
