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
        let refusal: SetUpError? = try await store.write { tables in
            guard try tables.account.account() == nil else { return .alreadySetUp }
            let stranger = Administrator(name: "", role: .anonymous, remoteAddress: remoteAddress)
            let settings = SecuritySettings()
            let isLocked = try tables.lockout.isLocked(.setUp, settings, at: now)
            guard isRight, !isLocked else {
                if !isLocked { try tables.lockout.recordFailure(.setUp, settings, at: now) }
                let detail = isLocked ? "locked out" : "wrong code"
                try tables.audit.append(.setUp, "", .refused, detail: detail, by: stranger, at: now)
                return .refused
            }
            try tables.account.create(account)
            try tables.lockout.clear(.setUp)
            let manager = Administrator(
                name: account.systemManagerID, role: .systemManager, remoteAddress: remoteAddress)
            try tables.audit.append(.setUp, by: manager, at: now)
            return nil
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
        return try await store.write { tables in
            let settings = try tables.security
            let isLocked = try tables.lockout.isLocked(.signIn, settings, at: now)
            // What was typed goes into the log only if it is the real ID: people type their PIN into the wrong field.
            let who = Administrator(
                name: hasID ? systemManagerID : "", role: hasPIN && hasID && !isLocked ? .systemManager : .anonymous,
                remoteAddress: remoteAddress)
            if isLocked {
                try tables.audit.append(.signIn, "", .refused, detail: "locked out", by: who, at: now)
                return .lockedOut
            }
            // The PIN that was compared has to be the one that holds now: it may have been changed in the meantime.
            guard hasPIN, hasID, !pin.isEmpty, try tables.account.account()?.pin.encoded == account.pin.encoded else {
                try tables.lockout.recordFailure(.signIn, settings, at: now)
                try tables.audit.append(
                    .signIn, "", .refused, detail: "wrong System Manager ID or PIN", by: who, at: now)
                return .refused
            }
            try tables.lockout.clear(.signIn)
            try tables.audit.append(.signIn, by: who, at: now)
            return .accepted
        }
    }

    /// Opens [General User Mode], if the administrator has switched it on (L2).
    ///
    /// - Parameter name: the optional user name; control characters and more than 32 characters are refused.
    public func signInGeneralUser(name: String, from remoteAddress: String) async throws -> Bool {
        let now = now
        return try await store.write { tables in
            let isAllowed = try tables.security.isGeneralUserModeEnabled
            let isNameRight = (try? FieldRules.line(name, 0...32)) != nil
            let who = Administrator(
                name: isNameRight ? name : "", role: isAllowed && isNameRight ? .generalUser : .anonymous,
                remoteAddress: remoteAddress)
            let result: AuditResult = isAllowed && isNameRight ? .ok : .refused
            try tables.audit.append(.signIn, "", result, detail: "General User Mode", by: who, at: now)
            return isAllowed && isNameRight
        }
    }

    /// Writes the end of a session into the audit log.
    public func recordSignOut(by administrator: Administrator) async throws {
        try await audit(.signOut, by: administrator)
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
