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
        if record.isRestartPending { return .restartPending }
        let uses = try keys.usesServed(by: record.id)
        if uses.contains(where: \.isFunctionEnabled) { return .inUse }
        return uses.isEmpty ? .idle : .assigned
    }

    /// The rule of K4.
    func refusalToDelete(_ record: KeyTable.Record) throws -> KeyRefusal? {
        if record.isDefault { return .isDefault }
        if let use = try keys.usesServed(by: record.id).first(where: \.isFunctionEnabled) { return .inUse(use) }
        if try issuances.isOpen(forKey: record.id) { return .waitingForCertificate }
        return nil
    }

    /// The keys that may serve TLS, in the order in which they are tried.
    func tlsCandidates() throws -> [KeyTable.Record] {
        let service = try keys.inService(.tls)
        let named = try [service?.current, service?.former].compactMap { try $0.flatMap(keys.key) }
        return named + (try keys.all().filter { $0.isDefault && !named.map(\.id).contains($0.id) })
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
