import FoundationEssentials
import HTTP
import PKI

/// What a key's row means together with the rows about it.
extension Tables {
    /// The row of [Registered Key and Certificate] for a stored key.
    func entry(of record: KeyTable.Record) throws -> KeyEntry {
        KeyEntry(
            name: record.name, use: record.use, state: try state(of: record), isDefault: record.isDefault,
            certificate: record.certificate.flatMap { try? Certificate(der: $0) },
            chain: (try? KeyTable.certificates(record.chain)) ?? [], createdAt: record.createdAt)
    }

    func state(of record: KeyTable.Record) throws -> KeyEntry.State {
        if record.certificate == nil {
            return (try? keys.privateKey(record)) == nil ? .corrupted : .waitingForCertificate
        }
        if (try? keys.identity(record)) == nil { return .corrupted }
        if try isToTakeOver(record) { return .restartPending }
        let uses = try keys.usesServed(by: record.id)
        if uses.contains(where: \.isFunctionEnabled) { return .inUse }
        return uses.isEmpty ? .idle : .assigned
    }

    /// Whether the next restart puts the key in its place: of several that wait for one place, the newest.
    func isToTakeOver(_ record: KeyTable.Record) throws -> Bool {
        guard record.isRestartPending, record.use != .none else { return record.isRestartPending }
        return try keys.all().last { $0.isRestartPending && $0.use == record.use }?.id == record.id
    }

    /// The rule of K4.
    ///
    /// - Parameter replaced: the use that another key takes over from this one; nil if it keeps what it serves.
    func refusalToDelete(_ record: KeyTable.Record, onceReplacedFor replaced: KeyUse? = nil) throws -> KeyRefusal? {
        if record.isDefault { return .isDefault }
        let uses = try keys.usesServed(by: record.id)
        if let use = uses.first(where: { $0.isFunctionEnabled && $0 != replaced }) { return .inUse(use) }
        if try issuances.isOpen(forKey: record.id) { return .waitingForCertificate }
        if try issuances.isOpen(renewingKey: record.id) { return .signsRenewal }
        return nil
    }

    /// The keys that may serve TLS, in the order in which they are tried: the one in service, the one before it, any
    /// other one for TLS, the newest first, and the default key at last.
    func tlsCandidates() throws -> [KeyTable.Record] {
        let service = try keys.inService(.tls)
        let named = try [service?.current, service?.former].compactMap { try $0.flatMap(keys.key) }
        let others = try keys.all().filter { other in !named.contains { $0.id == other.id } }
        let older = others.filter { $0.use == .tls && !$0.isDefault && !$0.isRestartPending && $0.certificate != nil }
        return named + older.reversed() + others.filter(\.isDefault)
    }

    /// The key, if it can be read and OpenSSL takes it for TLS with its certificate; nil otherwise.
    func usableTLSKey(_ record: KeyTable.Record) -> ServiceKey? {
        guard let (key, certificate, chain) = try? keys.identity(record),
            (try? TLSIdentity(chain: [certificate] + chain, key: key)) != nil
        else { return nil }
        return ServiceKey(
            keyName: record.name, chain: [certificate] + chain, key: key, isDefault: record.isDefault)
    }
}
