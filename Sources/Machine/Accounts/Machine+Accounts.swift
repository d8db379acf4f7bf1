import FoundationEssentials
import PKI

extension Machine {
    /// Whether a System Manager exists; until then only ``setUp(_:from:)`` is open.
    public func isSetUp() async throws -> Bool {
        try await store.read { try $0.account.account() != nil }
    }

    /// Creates the System Manager's account in one step, and closes set-up for good (L1).
    ///
    /// Wrong codes are counted, and lock set-up as wrong PINs lock sign-in.
    /// - Throws: `FieldErrors<SetUpForm.Field>`, ``SetUpError``.
    public func setUp(_ form: SetUpForm, from remoteAddress: String) async throws {
        try form.validate()
        let pin = form.pin.text
        let account = AccountTable.Account(
            systemManagerID: form.systemManagerID, pin: try await environment.blockingWork.run { try PINHash.make(pin) }
        )
        let code = try setUpCode().map(SetUpCode.init(text:))
        let isRight = code?.matches(form.code.text) ?? false
        let now = now
        // A refusal is returned and not thrown: the count of wrong codes has to be committed.
        let (refusal, detail): (SetUpError?, String) = try await store.write { tables in
            guard try tables.account.account() == nil else { return (.alreadySetUp, "") }
            let settings = SecuritySettings()
            let isLocked = try tables.lockout.isLocked(.setUp, settings, at: now)
            guard isRight, !isLocked else {
                if !isLocked { try tables.lockout.recordFailure(.setUp, settings, at: now) }
                return (.refused, isLocked ? "locked out" : "wrong code")
            }
            try tables.account.create(account)
            try tables.lockout.clear(.setUp)
            let manager = Administrator(
                name: account.systemManagerID, role: .systemManager, remoteAddress: remoteAddress)
            try tables.audit.append(.setUp, by: manager, at: now)
            return (nil, "")
        }
        if refusal == .refused {
            let stranger = Administrator(name: "", role: .anonymous, remoteAddress: remoteAddress)
            await noteThrottled(
                AuditEvent(operation: .setUp, result: .refused, detail: detail, administrator: stranger, date: now))
        }
        if let refusal { throw refusal }
        removeSetUpCode()
    }

    /// Checks the System Manager's ID and PIN (L2, L4).
    ///
    /// A wrong ID, a wrong PIN, an empty field and a locked account take the same time: the PIN is always hashed.
    public func signIn(systemManagerID: String, pin: String, from remoteAddress: String) async throws -> SignInResult {
        guard let account = try await store.read({ try $0.account.account() }) else { return .refused }
        let hasPIN = try await environment.blockingWork.run { account.pin.matches(pin) }
        let hasID = constantTimeEqual([UInt8](systemManagerID.utf8), [UInt8](account.systemManagerID.utf8))
        let now = now
        let attempt = SignInAttempt(
            account: account, isRight: hasPIN && hasID && !pin.isEmpty, date: now,
            manager: Administrator(name: systemManagerID, role: .systemManager, remoteAddress: remoteAddress))
        let result = try await judge(attempt)
        if result != .accepted {
            // What was typed goes into the log only if it is the real ID: people type their PIN into the wrong field.
            let who = Administrator(
                name: hasID ? systemManagerID : "", role: .anonymous, remoteAddress: remoteAddress)
            let detail = result == .lockedOut ? "locked out" : "wrong System Manager ID or PIN"
            await noteThrottled(
                AuditEvent(operation: .signIn, result: .refused, detail: detail, administrator: who, date: now))
        }
        return result
    }

    /// Opens [General User Mode], if the administrator has switched it on (L2).
    ///
    /// - Parameter name: the optional user name; control characters and more than 32 characters are refused.
    public func signInGeneralUser(name: String, from remoteAddress: String) async throws -> Bool {
        let isNameRight = (try? FieldRules.line(name, 0...32)) != nil
        let isOpen = try await store.read { try $0.security.isGeneralUserModeEnabled } && isNameRight
        let who = Administrator(
            name: isNameRight ? name : "", role: isOpen ? .generalUser : .anonymous, remoteAddress: remoteAddress)
        // It costs no PIN, so that anybody can set the pace of it.
        await noteThrottled(
            AuditEvent(
                operation: .signIn, result: isOpen ? .ok : .refused, detail: "General User Mode", administrator: who,
                date: now), allowance: isOpen ? Self.generalUsersPerMinute : 1)
        return isOpen
    }

    /// Logins and log outs of general users that are written down each minute and address; the rest are counted.
    private static var generalUsersPerMinute: Int { 5 }

    /// Writes the end of a session into the audit log; the session has ended already.
    public func recordSignOut(by administrator: Administrator) async {
        let event = AuditEvent(operation: .signOut, administrator: administrator, date: now)
        if administrator.role == .systemManager {
            await note([event])
        } else {
            await noteThrottled(event, allowance: Self.generalUsersPerMinute)
        }
    }

    /// Changes the System Manager PIN; wrong current PINs count to the lock-out.
    ///
    /// - Returns: `accepted`; or `refused` or `lockedOut`, and nothing changed.
    /// - Throws: `FieldErrors<ChangePINForm.Field>`.
    public func changePIN(_ form: ChangePINForm, by administrator: Administrator) async throws -> SignInResult {
        try form.validate()
        guard let account = try await store.read({ try $0.account.account() }) else { return .refused }
        let (current, new) = (form.current.text, form.new.text)
        let (isRight, hash) = try await environment.blockingWork.run {
            (account.pin.matches(current), try PINHash.make(new))
        }
        let now = now
        return try await store.write { tables in
            let settings = try tables.security
            if try tables.lockout.isLocked(.signIn, settings, at: now) {
                try tables.audit.append(.changePIN, "", .refused, detail: "locked out", by: administrator, at: now)
                return .lockedOut
            }
            // The PIN that was compared has to be the one that is replaced, or two changes at once could both succeed.
            guard isRight, try tables.account.account()?.pin.encoded == account.pin.encoded else {
                try tables.lockout.recordFailure(.signIn, settings, at: now)
                try tables.audit.append(.changePIN, "", .refused, detail: "wrong PIN", by: administrator, at: now)
                return .refused
            }
            try tables.account.setPIN(hash)
            try tables.lockout.clear(.signIn)
            try tables.audit.append(.changePIN, by: administrator, at: now)
            return .accepted
        }
    }
}

/// A sign-in whose PIN has been compared.
private struct SignInAttempt: Sendable {
    let account: AccountTable.Account
    let isRight: Bool
    let date: Date
    let manager: Administrator

    /// Whether the PIN that was compared is the one that holds now: it may have been changed in the meantime.
    func isRight(_ tables: Tables) throws -> Bool {
        try isRight && tables.account.account()?.pin.encoded == account.pin.encoded
    }
}

extension Machine {
    /// Counts a sign-in and decides on it; the entry of an accepted one is written along with that.
    ///
    /// A full disk must not keep the administrator out, who is to make room on it: then the lock-out is counted in
    /// memory, so that filling the disk does not buy guesses without end.
    private func judge(_ attempt: SignInAttempt) async throws -> SignInResult {
        let unwritten = runtime.withLock { $0.unwrittenLockout }
        do {
            let result = try await store.write { tables in
                let settings = try tables.security
                var lockout = try unwritten ?? tables.lockout.state(.signIn)
                let result = lockout.judge(try attempt.isRight(tables), settings, at: attempt.date)
                try tables.lockout.set(.signIn, lockout)
                if result == .accepted { try tables.audit.append(.signIn, by: attempt.manager, at: attempt.date) }
                return result
            }
            runtime.withLock { if $0.unwrittenLockout == unwritten { $0.unwrittenLockout = nil } }
            return result
        } catch let error as MachineError where error.code == .storageFull || error.code == .storage {
            return try await judgeInMemory(attempt)
        }
    }

    private func judgeInMemory(_ attempt: SignInAttempt) async throws -> SignInResult {
        let (settings, stored, isRight) = try await store.read { tables in
            (try tables.security, try tables.lockout.state(.signIn), try attempt.isRight(tables))
        }
        let result = runtime.withLock { runtime in
            var lockout = runtime.unwrittenLockout ?? stored
            defer { runtime.unwrittenLockout = lockout }
            return lockout.judge(isRight, settings, at: attempt.date)
        }
        if result == .accepted {
            await note([AuditEvent(operation: .signIn, administrator: attempt.manager, date: attempt.date)])
        }
        return result
    }

    /// Brings the lock-out that was counted in memory into the store.
    func writeLockout() async {
        guard let unwritten = runtime.withLock({ $0.unwrittenLockout }) else { return }
        guard (try? await store.write { try $0.lockout.set(.signIn, unwritten) }) != nil else { return }
        runtime.withLock { if $0.unwrittenLockout == unwritten { $0.unwrittenLockout = nil } }
    }
}
