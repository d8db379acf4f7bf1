import FoundationEssentials
import PKI
import SCEP

/// The rules of I1, I4, K5 and C6, checked in the transaction that begins a request.
extension Tables {
    /// Before this day no certificate can be judged, so the clock was never set: 2025-01-01.
    static let earliestClock = Date(timeIntervalSince1970: 1_735_689_600)

    /// Whether the clock can be right: not before ``earliestClock``, and not before certificates that the machine has
    /// taken for valid were made, that of the CA and those that automatic requests brought. A day is left for a CA
    /// whose own clock is ahead.
    ///
    /// A machine without a battery starts on some day of the past until the network sets its clock. What was done
    /// since must not count as yet to come, or each start would be followed by a request.
    func isClockSet(at now: Date) throws -> Bool {
        guard now >= Self.earliestClock else { return false }
        let issued = try keys.all().filter(\.isAutomatic).compactMap { key in
            key.certificate.flatMap { try? Certificate(der: $0) }
        }
        let certificates = try issued + [acceptedAuthority()?.certificate].compactMap { $0 }
        return certificates.allSatisfy { $0.notBefore - AutoRequestPlan.day <= now }
    }

    /// Why a request cannot begin; nil if it can, as far as it does not depend on the CA.
    func refusalToBegin(_ request: IssuanceRequest, keyLimit: Int, at now: Date) throws -> IssuanceRefusal? {
        if now < Self.earliestClock { return .clockNotSet }
        if try isTimerEnabled { return .timerEnabled }
        if try issuances.isRunning() || !issuances.all(.polling).isEmpty { return .requestInProgress }
        if let waiting = try issuances.all(.waiting).first { return .requestWaiting(waiting.id) }
        if try settings.value(.communication) == nil { return .notConfigured }
        if try keys.named(request.keyName) != nil { return .keyNameInUse }
        if try keys.count() >= keyLimit { return .keyLimit(keyLimit) }
        return nil
    }

    /// Writes a refusal down: in the audit log, and the one that the manual names in the history too.
    func record(
        _ refusal: IssuanceRefusal, of request: IssuanceRequest, by administrator: Administrator, at now: Date
    ) throws {
        if case .keyLimit = refusal {
            let outcome = IssuanceOutcome(.keyLimit, .keyLimit)
            _ = try history.add(keyName: request.keyName, status: .error, outcome: outcome, at: now)
        }
        try audit.append(
            .requestIssuance, request.keyName, .refused, detail: "\(refusal)", by: administrator, at: now)
    }

    /// The accepted CA, unless a fingerprint that was typed in advance speaks against it.
    func acceptedAuthority() throws -> AcceptedAuthority? {
        try settings.value(.acceptedAuthority).map(AcceptedAuthority.init)
    }

    /// What is known of the CA before it is asked.
    func authorityTrust() throws -> AuthorityTrust {
        if let accepted = try acceptedAuthority() { return .accepted(accepted.fingerprint) }
        return try settings.value(.communication)?.caFingerprint.map(AuthorityTrust.typed) ?? .unconfirmed
    }

    /// Accepts a CA on an administrator's word.
    func accept(_ certificate: AcceptedAuthority, by administrator: Administrator, at now: Date) throws {
        try settings.set(.acceptedAuthority, certificate.record)
        try audit.append(.acceptAuthority, certificate.fingerprint.text, by: administrator, at: now)
    }
}
