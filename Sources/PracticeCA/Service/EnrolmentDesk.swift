import FoundationEssentials
import PKI
import SCEP
import Synchronization

/// Decides on requests and keeps the books: who gets a certificate, who has to wait, and who had one already.
///
/// Everything here touches files or makes signatures, so it is called off the event loops.
final class EnrolmentDesk: Sendable {
    private let authority: CertificateAuthority
    private let book: EnrolmentBook
    private let approval: Approval
    private let challenges: Mutex<ChallengeBook>
    private let policy: IssuingPolicy
    private let renewals: RenewalPolicy
    private let random: any RandomSource
    private let now: @Sendable () -> Date
    private let announce: @Sendable (String) -> Void

    /// - Parameter announce: told each new one-time challenge.
    init(
        authority: CertificateAuthority, book: EnrolmentBook, challenges: ChallengeBook, approval: Approval,
        policy: IssuingPolicy, renewals: RenewalPolicy, random: any RandomSource,
        now: @escaping @Sendable () -> Date, announce: @escaping @Sendable (String) -> Void
    ) {
        self.authority = authority
        self.book = book
        self.approval = approval
        self.policy = policy
        self.renewals = renewals
        self.challenges = Mutex(challenges)
        self.random = random
        self.now = now
        self.announce = announce
    }

    /// The challenge that the next first request must bring.
    var challenge: String { challenges.withLock { $0.current } }

    /// PKCSReq and RenewalReq (RFC 8894 §4.3).
    ///
    /// A request that came before, recognised by transaction ID and key, gets the answer that it would have got:
    /// its sender may have lost the reply, and its challenge may be spent.
    func enrol(
        transactionID: String, request: CertificateRequest, requester: Certificate, type: MessageType
    ) throws(PracticeCAError) -> Decision {
        let lock = try book.lockRecords()
        defer { withExtendedLifetime(lock) {} }
        let keyFingerprint = Self.fingerprint(request.publicKey)
        if let record = try book.record(transactionID: transactionID) {
            guard record.keyFingerprint == keyFingerprint else {
                return .failed(.badRequest, text: "The transaction ID belongs to a request for another key.")
            }
            return try answer(record)
        }
        do throws(IssuingPolicy.Refusal) {
            try policy.check(request)
        } catch {
            return switch error {
            case .key: .failed(.badAlg, text: "The key is too weak or of an unknown kind.")
            case .request: .failed(.badRequest, text: "The request has no common name or a wrong signature.")
            }
        }
        // A requester that signs with a certificate of this CA needs no challenge (RFC 8894 §2.3: Renewal). NDES
        // calls the same thing by the message type of a first request.
        let isRenewal = isOurs(requester)
        if let reason = renewals.refusal(of: type, isRenewal: isRenewal) { return .failed(.badRequest, text: reason) }
        let needsChallenge = !isRenewal || renewals.needsChallenge
        guard !needsChallenge || challenges.withLock({ $0.accepts(request.challengePassword) }) else {
            return .failed(.badRequest, text: "The challenge password is wrong or spent.")
        }
        let record = EnrolmentRecord(
            transactionID: transactionID, subject: request.subject.description, requested: now(),
            keyFingerprint: keyFingerprint, requesterKeyFingerprint: Self.fingerprint(requester.publicKey),
            request: approval == .manual ? Base64.encode(request.der) : nil, state: .pending)
        let decision: Decision
        switch approval {
        case .automatic: decision = .issued(try issue(request, for: record))
        case .manual:
            try book.save(record)
            decision = .pending
        }
        if needsChallenge { try spendChallenge() }
        return decision
    }

    /// CertPoll (RFC 8894 §4.4): the transaction is found by its ID; only its requester is answered.
    func poll(transactionID: String, requester: Certificate) throws(PracticeCAError) -> Decision {
        let lock = try book.lockRecords()
        defer { withExtendedLifetime(lock) {} }
        guard let record = try book.record(transactionID: transactionID),
            record.requesterKeyFingerprint == Self.fingerprint(requester.publicKey)
        else { return .failed(.badCertId, text: "No request with this transaction ID.") }
        return try answer(record)
    }

    private func answer(_ record: EnrolmentRecord) throws(PracticeCAError) -> Decision {
        switch record.state {
        case .pending: return .pending
        case .denied: return .failed(.badRequest, text: "The request was denied.")
        case .issued: return .issued(try book.certificate(of: record))
        case .approved:
            guard let text = record.request, let der = Base64.decode(text),
                let request = try? CertificateRequest(der: der)
            else { throw PracticeCAError(.damaged, "the request that was approved cannot be read") }
            return .issued(try issue(request, for: record))
        }
    }

    private func issue(
        _ request: CertificateRequest, for record: EnrolmentRecord
    ) throws(PracticeCAError) -> Certificate {
        let time = now()
        let certificate: Certificate
        do {
            let template = policy.template(
                for: request, serialNumber: try SerialNumber.random(using: random), now: time)
            certificate = try template.issued(
                by: authority.ca.certificate, key: authority.ca.key, digest: .sha256)
        } catch {
            throw PracticeCAError(.cryptography, "the certificate cannot be made: \(error.reason)")
        }
        try book.save(record, issuing: certificate, at: time)
        return certificate
    }

    private func spendChallenge() throws(PracticeCAError) {
        guard let next = try challenges.withLock({ book throws(PracticeCAError) in try book.spend() }) else { return }
        announce(next)
    }

    private func isOurs(_ certificate: Certificate) -> Bool {
        certificate.isSigned(by: authority.ca.certificate) && !certificate.isCA
            && certificate.notBefore <= now() && now() <= certificate.notAfter
    }

    private static func fingerprint(_ key: PublicKey) -> String {
        Hex.encode(DigestAlgorithm.sha256.hash(key.spki))
    }
}
