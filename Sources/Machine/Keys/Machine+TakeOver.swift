import FoundationEssentials

extension Machine {
    /// [Delete Old Key and Certificate] (T6): where the key of an automatic request has taken its place, the old keys of
    /// its use go, and it gets the name that the settings gave it. Called at start, after ``tlsIdentity()``.
    ///
    /// Everything is one database transaction, and what a power cut prevents the next start does. Where the new key
    /// does not serve, nothing is deleted; the audit log says so, and the error information does already.
    public func deleteOldKeys() async throws {
        let (now, tlsKeyName) = (now, runtime.withLock { $0.tlsKeyName })
        let renamed: [String: String] = try await store.write { tables in
            var renamed: [String: String] = [:]
            for record in try tables.keys.all() where record.replacesOld && !record.isRestartPending {
                let serving = try tables.serving(record.use, tlsKeyName: tlsKeyName)
                let isServing = record.use == .none || serving == record.id
                if isServing, record.use == .tls || tables.isReadable(record) {
                    try tables.deleteKeys(replacedBy: record, at: now)
                    if let name = try tables.giveKeyName(to: record, at: now) { renamed[record.name] = name }
                } else if (serving ?? record.id) <= record.id {
                    // An older key serves, or none: not a newer one, which deletes this one with the others.
                    let detail = "\(record.name) does not serve; the old keys stay"
                    try tables.audit.append(.deleteOldKey, "", .failed, detail: detail, by: .machine, at: now)
                }
                try tables.keys.clearReplacesOld(record.id)
            }
            return renamed
        }
        runtime.withLock { runtime in
            if let name = runtime.tlsKeyName.flatMap({ renamed[$0] }) { runtime.tlsKeyName = name }
        }
    }
}

extension Tables {
    /// The key that serves a use: for TLS the one that was proven to.
    fileprivate func serving(_ use: KeyUse, tlsKeyName: String?) throws -> Int? {
        switch use {
        case .none: nil
        case .tls: try tlsKeyName.flatMap { try keys.named($0)?.id }
        case .ieee8021X, .ipsec: try keys.inService(use)?.current
        }
    }

    /// Whether key and certificate can be read and belong together.
    func isReadable(_ record: KeyTable.Record) -> Bool { (try? keys.identity(record)) != nil }

    /// The keys that one makes old where it takes its place: the earlier ones of the same use, be they deleted now or at
    /// the restart to come. Those that may not be deleted stay: the default key, one that serves another use, waits for
    /// its certificate, or signs a renewal (K4).
    func keys(replacedBy new: KeyTable.Record) throws -> [KeyTable.Record] {
        try keys.all().filter { old in
            guard old.id < new.id, old.use == new.use, old.certificate != nil else { return false }
            // A key without use may be anything that the administrator keeps: only the timer's own go.
            if old.use == .none && !old.isAutomatic { return false }
            return try refusalToDelete(old, onceReplacedFor: new.use) == nil
        }
    }

    fileprivate func deleteKeys(replacedBy new: KeyTable.Record, at now: Date) throws {
        for old in try keys(replacedBy: new) {
            try keys.delete(old.id)
            try audit.append(.deleteOldKey, old.name, detail: "replaced by \(new.name)", by: .machine, at: now)
        }
    }

    /// The [Key Name] that a key was requested under, if it has another name and that one is free, or will be when
    /// some keys are gone.
    func newName(of record: KeyTable.Record, whenGone gone: Set<Int> = []) throws -> String? {
        guard let name = (try? issuances.keySettings(ofKey: record.id))??.keyName, name != record.name,
            try keys.named(name).map({ $0.id == record.id || gone.contains($0.id) }) ?? true
        else { return nil }
        return name
    }

    /// Gives a key the name that it was requested under; the new name, or nil if it stays.
    fileprivate func giveKeyName(to record: KeyTable.Record, at now: Date) throws -> String? {
        guard let name = try newName(of: record) else { return nil }
        try keys.rename(record, to: name)
        try audit.append(.renameKey, record.name, detail: name, by: .machine, at: now)
        return name
    }
}
