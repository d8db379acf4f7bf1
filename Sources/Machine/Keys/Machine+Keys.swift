import FoundationEssentials
import HTTP
import PKI

extension Machine {
    /// Whether no key can be added before one is deleted (K5).
    public func isKeyLimitReached() async throws -> Bool {
        try await store.read { [limit = configuration.keyLimit] in try $0.keys.count() >= limit }
    }

    /// [Registered Key and Certificate], the default key first (K1).
    public func keys() async throws -> [KeyEntry] {
        try await store.read { tables in try tables.keys.all().map { try tables.entry(of: $0) } }
    }

    /// One key with its certificate, or nil (K2).
    public func key(named name: String) async throws -> KeyEntry? {
        try await store.read { tables in try tables.keys.named(name).map { try tables.entry(of: $0) } }
    }

    /// Deletes a key and its certificate.
    ///
    /// - Throws: ``KeyRefusal`` for a key in use, the default key, a key whose certificate is awaited, and one
    ///   that signs an open renewal (K4).
    public func deleteKey(named name: String, by administrator: Administrator) async throws {
        let now = now
        let refusal: KeyRefusal? = try await store.write { tables in
            guard let record = try tables.keys.named(name) else { return .notFound }
            if let refusal = try tables.refusalToDelete(record) {
                try tables.audit.append(.deleteKey, name, .refused, detail: "\(refusal)", by: administrator, at: now)
                return refusal
            }
            try tables.keys.delete(record.id)
            try tables.audit.append(.deleteKey, name, by: administrator, at: now)
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Moves the keys that wait for the restart to the places they were requested for; the key that served there stays
    /// stored. Of several for one place the newest gets it, and only that is written down: the others were overtaken
    /// before they served. One that cannot be read leaves the former key in its place, and the error information says
    /// so; for TLS that is ``tlsIdentity()``'s to find out, which is called next.
    public func putPendingKeysInService() async throws {
        let now = now
        let failures: [ErrorInformation] = try await store.write { tables in
            var failures: [ErrorInformation] = []
            for record in try tables.keys.all() where record.isRestartPending {
                let isOvertaken = try !tables.isToTakeOver(record)
                try tables.keys.clearRestartPending(record.id)
                let use = record.use
                let isUsable = use == .none || use == .tls || tables.isReadable(record)
                if isUsable {
                    // The overtaken one too: it is what a newer one that cannot be used gives way to.
                    if use != .none { try tables.keys.putInService(record.id, for: use) }
                    if isOvertaken { continue }
                } else {
                    let serving = try (tables.keys.inService(use)?.current).flatMap { try tables.keys.key($0)?.name }
                    failures.append(.takeOverFailed(name: record.name, use: use, serving: serving))
                }
                try tables.audit.append(
                    .putKeyInService, record.name, isUsable ? .ok : .failed, detail: use.identifier, by: .machine,
                    at: now)
            }
            return failures
        }
        runtime.withLock { $0.takeOverFailures = failures }
    }

    /// The key that serves TLS. One that cannot be used gives way to the key that served before it, to an older one, or
    /// else to the default key, and the error information says so; also when it serves without CA certificates that no
    /// handshake comes about with.
    public func tlsIdentity() async throws -> ServiceKey {
        let now = now
        let (serving, unusable): (ServiceKey, [(name: String, refusal: TLSRefusal)]) = try await store.write { tables in
            var unusable: [(name: String, refusal: TLSRefusal)] = []
            for record in try tables.tlsCandidates() {
                let key: ServiceKey
                do throws(TLSRefusal) {
                    key = try tables.tlsKey(record)
                } catch {
                    unusable.append((record.name, error))
                    let detail = error.problem.map { "tls, \($0.rawValue)" } ?? "tls"
                    try tables.audit.append(
                        .putKeyInService, record.name, .failed, detail: detail, by: .machine, at: now)
                    continue
                }
                // What serves is what the store names, so that a key that failed can be deleted.
                if !unusable.isEmpty { try tables.keys.putInService(record.id, for: .tls) }
                return (key, unusable)
            }
            throw MachineError(.corrupted, "no key can serve TLS")
        }
        runtime.withLock { runtime in
            runtime.tlsKeyName = serving.keyName
            runtime.tlsFailures = unusable.map { name, refusal in
                .tlsKeyUnusable(name: name, serving: serving.keyName, refusal.problem)
            }
            if serving.leavesIssuersOut { runtime.tlsFailures.append(.tlsIssuersLeftOut(name: serving.keyName)) }
        }
        for (name, refusal) in unusable {
            logger.error("TLS key \(name) cannot be used: \(refusal.reason) \(serving.keyName) serves")
        }
        if serving.leavesIssuersOut {
            logger.warning("TLS key \(serving.keyName) serves without CA certificates too weak for a handshake")
        }
        return serving
    }

    /// Makes the default key at the first start, and again if it can no longer be read. A first start before the clock
    /// was set made a certificate for other years: it is made anew for the same key once the clock is set.
    func ensureDefaultKey() async throws {
        let (environment, now) = (environment, now)
        // Whether a handshake comes about is tried when the key is to serve: two trials are twice the time.
        let (key, isDue) = try await store.read { tables in
            guard let record = try tables.keys.all().first(where: \.isDefault),
                let identity = try? tables.keys.identity(record)
            else { return (nil as PrivateKey?, true) }
            let isInForce = identity.certificate.notBefore <= now && now <= identity.certificate.notAfter
            return (identity.key, try !isInForce && tables.isClockSet(at: now))
        }
        guard isDue else { return }
        let made = try await environment.blockingWork.run {
            try DefaultKey(
                key: key, hostName: environment.hostName, addresses: environment.addresses().map(\.address),
                random: environment.random, now: now)
        }
        try await store.write { tables in
            if let unusable = try tables.keys.all().first(where: \.isDefault) {
                try tables.keys.replace(unusable.id, key: made.key, certificate: made.certificate)
            } else {
                let id = try tables.keys.insert(
                    name: DefaultKey.name, key: made.key, certificate: made.certificate, use: .tls, isDefault: true,
                    at: now)
                try tables.keys.putInService(id, for: .tls)
            }
            let detail = key == nil ? "RSA 2048" : "new certificate: the dates of the old one were over, or yet to come"
            try tables.audit.append(.generateKey, DefaultKey.name, detail: detail, by: .machine, at: now)
        }
    }
}
