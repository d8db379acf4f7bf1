import FoundationEssentials

/// Holds back audit entries that strangers set the pace of, such as refused logins: of one kind and address a few a
/// minute are written, the others are counted, and their number is written after the minute. Else whoever reaches the
/// login page could fill the disk, or push what matters out of the log.
struct AuditThrottle: Sendable {
    /// What counts as the same.
    private struct Kind: Hashable {
        let operation: AuditOperation
        let result: AuditResult
        let detail: String
        let role: Administrator.Role
        /// Empty for those of all addresses that have no count of their own.
        let address: String
    }

    private struct Minute {
        let begin: Date
        var written: Int
        var heldBack = 0

        func isOver(at now: Date) -> Bool {
            // A clock that was set back ends it too.
            now >= begin + 60 || now < begin
        }
    }

    /// Most addresses in a minute that have a count of their own.
    static let addresses = 8

    private var minutes: [Kind: Minute] = [:]

    /// An event that has just happened.
    ///
    /// - Parameter allowance: how many of its kind are written each minute.
    /// - Returns: what is to be written now.
    mutating func entries(for event: AuditEvent, allowance: Int) -> [AuditEvent] {
        var due = countsDue(at: event.date)
        let kind = kind(of: event)
        if var minute = minutes[kind] {
            if minute.written < allowance {
                minute.written += 1
                due.append(event)
            } else {
                minute.heldBack += 1
            }
            minutes[kind] = minute
        } else {
            minutes[kind] = Minute(begin: event.date, written: 1)
            due.append(event)
        }
        return due
    }

    /// The numbers of what was held back, of each minute that is over.
    mutating func countsDue(at now: Date) -> [AuditEvent] {
        let over = minutes.filter { $0.value.isOver(at: now) }
        for kind in over.keys { minutes[kind] = nil }
        return over.filter { $0.value.heldBack > 0 }.sorted { $0.value.begin < $1.value.begin }.map { kind, minute in
            let who = Administrator(name: "", role: kind.role, remoteAddress: kind.address)
            let count = "\(minute.heldBack) more within a minute"
            return AuditEvent(
                operation: kind.operation, result: kind.result,
                detail: kind.detail.isEmpty ? count : "\(kind.detail); \(count)", administrator: who, date: now)
        }
    }

    private func kind(of event: AuditEvent) -> Kind {
        let address = event.administrator.remoteAddress
        let known = Set(minutes.keys.map(\.address))
        let hasOwn = known.contains(address) || known.subtracting([""]).count < Self.addresses
        return Kind(
            operation: event.operation, result: event.result, detail: event.detail, role: event.administrator.role,
            address: hasOwn ? address : "")
    }
}
