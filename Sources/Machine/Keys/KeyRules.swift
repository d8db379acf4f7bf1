import FoundationEssentials
import HTTP
import PKI

/// What a key's row means together with the rows about it.
extension Tables {
    /// The row of [Registered Key and Certificate] for a stored key.
    func entry(of record: KeyTable.Record) throws -> KeyEntry {
        let state = try state(of: record)
        return KeyEntry(
            name: record.name, use: record.use, state: state, isDefault: record.isDefault,
            certificate: record.certificate.flatMap { try? Certificate(der: $0) },
            chain: (try? KeyTable.certificates(record.chain)) ?? [], createdAt: record.createdAt,
            tlsProblem: tlsProblem(of: record).flatMap { state == .inUse && $0.preventsService ? nil : $0 })
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

    /// The key, ready to serve: a handshake has been tried with it. Nothing else decides whether a key may serve TLS.
    func tlsKey(_ record: KeyTable.Record) throws(TLSRefusal) -> ServiceKey {
        guard let (key, certificate, issuers) = try? keys.identity(record) else {
            throw TLSRefusal(problem: nil, reason: "key or certificate cannot be read")
        }
        if let problem = TLSProblem(certificate), problem.preventsService {
            throw TLSRefusal(problem: problem, reason: "the certificate is for other uses (\(problem.rawValue))")
        }
        do throws(HTTPError) {
            let identity = try TLSIdentity.proven(chain: [certificate] + issuers, key: key)
            return ServiceKey(
                keyName: record.name, identity: identity, isDefault: record.isDefault,
                leavesIssuersOut: identity.chain.count <= issuers.count)
        } catch {
            throw TLSRefusal(problem: .handshake, reason: error.reason)
        }
    }

    /// Why a key for TLS would not serve, or not every client; nil for one that would, or that is for another use or not
    /// complete.
    ///
    /// For pages, so without the handshakes, which take a second where keys are long and machines slow: of what makes
    /// them fail, a weak issuer is left out, and a weak certificate is refused as soon as it is loaded.
    func tlsProblem(of record: KeyTable.Record) -> TLSProblem? {
        guard record.use == .tls, let (key, certificate, _) = try? keys.identity(record) else { return nil }
        let problem = TLSProblem(certificate)
        if let problem, problem.preventsService { return problem }
        return (try? TLSIdentity(chain: [certificate], key: key)) == nil ? .handshake : problem
    }
}
