import PKI
import SCEP

/// How a request goes on that the server has, or may have. The certificates of its RA may have been renewed meanwhile.
extension IssuanceAttempt {
    /// Asks for the decision by CertPoll; a server that does not know that gets the request itself again, which makes it
    /// give its true answer. A poll that the server may have been unable to open is made anew, once.
    func poll(_ exchange: inout Exchange) async throws -> Outcome {
        let recipient = exchange.transaction.authority?.encryptionCertificate
        var answer = try await pollOnce(&exchange)
        if answer.mayBeUnopened {
            do {
                try await learnPresentAuthority(&exchange)
            } catch let error as SCEPError {
                // A refusal ends the request; not while it may be no refusal at all.
                if answer.isIntegrityFailure { throw error }
            }
            if exchange.transaction.authority?.encryptionCertificate != recipient {
                exchange.transaction.disregard(answer)
                answer = try await pollOnce(&exchange)
            }
        }
        guard answer.isPollUnknown else { return try answer.get() }
        exchange.transaction.disregard(answer)
        exchange.transaction.pollByRequest()
        return try await resend(&exchange)
    }

    /// Sends the very bytes of the request again, by which the server recognises it (RFC 8894 §5.2). They change for one
    /// reason only: the server says, by a reply that can be verified, that it cannot open them, and shows another
    /// certificate of its RA than the one that they are sealed for. What a server cannot open, it cannot have opened.
    func resend(_ exchange: inout Exchange) async throws -> Outcome {
        let outcome = try await send(&exchange) { transaction, key throws(SCEPError) in
            try transaction.makeRequest(key: key, random: environment.random)
        }
        guard outcome.isIntegrityFailure else { return outcome }
        try await learnPresentAuthority(&exchange)
        guard exchange.transaction.isRequestOutdated else { return outcome }
        exchange.transaction.withdraw()
        return try await send(&exchange) { transaction, key throws(SCEPError) in
            try transaction.remakeRequest(key: key, random: environment.random)
        }
    }

    /// Fetches the present certificates of the CA that the transaction was begun with, and stores them with it. No other
    /// CA is taken (C6).
    /// - Parameter refusal: what was wrong with a reply; thrown if it is another CA that answers.
    func learnPresentAuthority(_ exchange: inout Exchange, after refusal: SCEPError? = nil) async throws {
        guard !exchange.knowsPresentAuthority, let known = exchange.transaction.authority else { return }
        exchange.knowsPresentAuthority = true
        let authority: Authority
        do {
            authority = try await exchange.client.authority(
                capabilities: known.capabilities, trust: .accepted(known.fingerprint), now: environment.clock.now(),
                deadline: exchange.deadline)
        } catch {
            throw error.code == .authorityChanged ? refusal ?? error : error
        }
        guard authority != known else { return }
        try exchange.transaction.adopt(authority, accepted: known.fingerprint)
        try await save(exchange)
    }

    private func pollOnce(_ exchange: inout Exchange) async throws -> Result<Outcome, SCEPError> {
        do {
            return .success(
                try await send(&exchange) { transaction, key throws(SCEPError) in
                    try transaction.makePoll(key: key, random: environment.random)
                })
        } catch let error as SCEPError {
            return .failure(error)
        }
    }
}

extension SCEPError {
    /// Whether the reply may be right and what is known of the RA too old.
    var mayComeOfRenewedRA: Bool { code == .unknownSigner || code == .raExpired }
}

extension Outcome {
    /// Whether the server could not open the message, or not verify it.
    fileprivate var isIntegrityFailure: Bool {
        if case .failed(let failure) = self { failure.failInfo == .badMessageCheck } else { false }
    }
}

extension Result<Outcome, SCEPError> {
    fileprivate var isIntegrityFailure: Bool { (try? get().isIntegrityFailure) ?? false }

    /// Whether this is how servers answer a CertPoll that they do not know: step-ca and micromdm by HTTP 500.
    fileprivate var isPollUnknown: Bool {
        switch self {
        case .success(.failed(let failure)): failure.failInfo == .badRequest
        case .success: false
        case .failure(let error): error.httpStatus == 500 && error.requestMayHaveArrived
        }
    }

    /// Whether this is how servers answer what they cannot open: the others by badMessageCheck, NDES by a web page too.
    fileprivate var mayBeUnopened: Bool {
        if isIntegrityFailure || isPollUnknown { return true }
        if case .failure(let error) = self { return error.code == .notSCEPServer && error.requestMayHaveArrived }
        return false
    }
}

extension Transaction {
    /// A verified refusal of a poll leaves nothing open. After anything else it counts as unanswered: whatever became of
    /// it is not known.
    fileprivate mutating func disregard(_ answer: Result<Outcome, SCEPError>) {
        if case .success = answer { withdraw() }
    }
}
