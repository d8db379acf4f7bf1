import FoundationEssentials
import PKI

/// One enrolment, from the request to the issued certificate, as a value that its owner drives and stores.
///
/// The owner stores the encoded value *before* it sends what ``makeRequest(key:random:)`` or ``makePoll(key:random:)``
/// gave, so that nothing the server does is lost in a power cut: the request is sent again as the same bytes, and the
/// server recognises it (RFC 8894 §5.2). The private key is not part of the value. The encoding holds the challenge
/// password until the transaction has ended: store it sealed.
public struct Transaction: Sendable, Codable, Equatable {
    public enum State: Sendable, Codable, Equatable {
        /// No message was made yet.
        case ready
        /// The request exists; it may or may not have reached the server.
        case requestBuilt
        /// The server put the request off; `polls` CertPolls have been made since.
        case pending(polls: Int)
        case issued(IssuedCertificate)
        /// The server refused.
        case failed(Failure)
    }

    /// How long the requester certificate lasts, in seconds: longer than any CA thinks about a request.
    public static let requesterValidity = 366.0 * 86400
    /// How far it is backdated, in seconds: servers' clocks differ.
    public static let requesterBackdating = 86400.0

    public let id: TransactionID
    /// Where the request goes; a poll never goes anywhere else.
    public let server: ServerURL
    public private(set) var state: State = .ready
    public private(set) var authority: Authority?
    /// Settled when the authority is adopted, and kept for all messages of the transaction.
    public private(set) var choice: AlgorithmChoice?
    /// The PKCSReq or RenewalReq, for as long as it may have to be sent again.
    public private(set) var request: OutgoingMessage?
    /// How often a message was handed out to be sent, resends included.
    public private(set) var messagesMade = 0
    /// How many messages were handed out since the last reply that could be verified. More than one: the server may
    /// have acted on an earlier one, whatever it says to the last.
    public private(set) var unanswered = 0

    /// Nil for a first enrolment.
    private let renewal: RenewalMethod?
    /// What the capabilities decided where the method leaves it to them.
    private var settledType: MessageType?
    /// Nil in what was stored before this was known, and until the server has shown that it does not know CertPoll.
    private var repeatsRequest: Bool?
    /// Nil in what was stored before this was known.
    private var inheritsDoubt: Bool?
    /// What the request is sealed for, once the authority was adopted anew; nil as long as it is the one that the request
    /// was made with.
    private var formerRecipient: DERCoded<Certificate>?
    private let requester: DERCoded<Certificate>
    /// Gone once the transaction has ended: it holds the challenge password.
    private var csr: DERCoded<CertificateRequest>?
    /// Of the message whose reply is awaited.
    private var awaited: Nonce?

    /// Begins an enrolment. Makes the self-signed certificate that signs the messages and to which the reply is
    /// encrypted (RFC 8894 §2.3).
    /// - Parameters:
    ///   - csr: the request, challenge password included.
    ///   - key: an RSA key: the request's own, or a throw-away one when the request is for an elliptic-curve key.
    ///   - attempt: counts the transactions that were begun with this very key.
    /// - Throws: ``SCEPError/Code/cryptography``, such as for a key that is not RSA.
    public init(
        csr: CertificateRequest, key: PrivateKey, server: ServerURL, attempt: UInt32 = 0, now: Date,
        random: any RandomSource
    ) throws(SCEPError) {
        guard key.publicKey.isRSA else {
            throw SCEPError(.cryptography, "SCEP messages are signed and opened with an RSA key")
        }
        do {
            let template = CertificateTemplate(
                subject: csr.subject, publicKey: key.publicKey, serialNumber: try SerialNumber.random(using: random),
                notBefore: now.addingTimeInterval(-Self.requesterBackdating),
                notAfter: now.addingTimeInterval(Self.requesterValidity),
                keyUsage: [.digitalSignature, .keyEncipherment])
            requester = DERCoded(try template.selfSigned(with: key, digest: .sha256))
        } catch {
            throw SCEPError(.cryptography, "the requester certificate could not be made: \(error.reason)")
        }
        renewal = nil
        id = TransactionID(publicKey: csr.publicKey, attempt: attempt)
        self.server = server
        self.csr = DERCoded(csr)
    }

    /// Begins a renewal: the certificate that is being renewed signs all messages, and the replies are encrypted to it
    /// (RFC 8894 §2.3, §3.3.1.2).
    /// - Parameters:
    ///   - csr: the request for the new key, with the challenge password only where the server wants one.
    ///   - certificate: the one that is being renewed.
    ///   - key: its key, which ``makeRequest(key:random:)``, ``makePoll(key:random:)`` and
    ///     ``receive(_:key:policy:now:)`` take as well.
    ///   - attempt: counts the transactions that were begun for the very key of the request.
    /// - Throws: ``SCEPError/Code/notRenewable``.
    public init(
        csr: CertificateRequest, renewing certificate: Certificate, key: PrivateKey, method: RenewalMethod,
        server: ServerURL, attempt: UInt32 = 0, now: Date
    ) throws(SCEPError) {
        guard certificate.publicKey.isRSA else {
            throw SCEPError(.notRenewable, "the certificate's key is not RSA: it can open no reply")
        }
        guard certificate.matches(key) else {
            throw SCEPError(.notRenewable, "the key is not that of the certificate")
        }
        guard certificate.notAfter >= now else {
            throw SCEPError(.notRenewable, "the certificate is out of date")
        }
        renewal = method
        requester = DERCoded(certificate)
        id = TransactionID(publicKey: csr.publicKey, attempt: attempt)
        self.server = server
        self.csr = DERCoded(csr)
    }

    /// The request; nil once the transaction has ended.
    public var certificateRequest: CertificateRequest? { csr?.value }

    /// The certificate that signs the messages.
    public var requesterCertificate: Certificate { requester.value }

    /// Whether an older certificate signs, as opposed to one made for this transaction alone.
    public var isRenewal: Bool { renewal != nil }

    /// Of the request. With ``RenewalMethod/automatic`` it is settled when an authority is adopted, and is a PKCSReq
    /// until then.
    public var messageType: MessageType {
        guard let renewal else { return .pkcsReq }
        return renewal.fixedType ?? settledType ?? .pkcsReq
    }

    /// Whether a poll sends the request again, since the server does not know CertPoll.
    public var pollsByRequest: Bool { repeatsRequest ?? false }

    /// Whether the request is sealed for a certificate that the authority has replaced since: the server may be unable
    /// to open it, ever.
    public var isRequestOutdated: Bool {
        guard request != nil, let authority, let formerRecipient else { return false }
        return formerRecipient.value != authority.encryptionCertificate
    }

    /// Whether the server may have certified the key by a transaction before this one, and the machine never read so.
    public var isKeyInDoubt: Bool { inheritsDoubt ?? false }

    /// Whether the transaction has ended.
    public var isFinished: Bool {
        switch state {
        case .issued, .failed: true
        case .ready, .requestBuilt, .pending: false
        }
    }

    /// Sets the authority, and with it how the messages are made. Later on the same CA may be given again, with its
    /// present RA certificates; the algorithms and a request that was built stay.
    /// - Parameters:
    ///   - accepted: the fingerprint of the CA that an administrator accepted.
    ///   - choice: replaces what follows from the capabilities.
    /// - Throws: ``SCEPError/Code/authorityNotAccepted``, ``SCEPError/Code/authorityChanged``.
    public mutating func adopt(
        _ authority: Authority, accepted: Fingerprint, choice: AlgorithmChoice? = nil
    ) throws(SCEPError) {
        guard !isFinished else { throw Self.wrongState("the transaction has ended") }
        guard accepted.matches(authority.caCertificate) else {
            throw SCEPError(.authorityNotAccepted, "this CA is not the one that was accepted")
        }
        if let known = self.authority {
            guard known.caCertificate == authority.caCertificate else {
                throw SCEPError(.authorityChanged, "the transaction was begun with another CA")
            }
            if request != nil, formerRecipient == nil { formerRecipient = DERCoded(known.encryptionCertificate) }
        }
        self.authority = authority
        guard request == nil else { return }
        self.choice = choice ?? authority.capabilities.choice()
        if renewal == .automatic { settledType = authority.capabilities.renewalType }
    }

    /// The PKCSReq or RenewalReq. Made once; each further call gives the same bytes, before a reply as well as for a
    /// server that does not know CertPoll.
    public mutating func makeRequest(key: PrivateKey, random: any RandomSource) throws(SCEPError) -> OutgoingMessage {
        if let request, !isFinished {
            awaited = request.senderNonce
            countMessage()
            return request
        }
        guard state == .ready, let csr else { throw Self.wrongState("a request has been made and answered") }
        let message = try seal(messageType, content: csr.value.der, key: key, random: random)
        request = message
        state = .requestBuilt
        return message
    }

    /// The request in a new envelope, for the certificate that the authority has now; what is in it and the transaction
    /// ID stay, by which the server knows it again (RFC 8894 §5.2). Only for a server that has said that it cannot
    /// open the old one: whatever it may have opened is sent again as the same bytes.
    public mutating func remakeRequest(key: PrivateKey, random: any RandomSource) throws(SCEPError) -> OutgoingMessage {
        guard !isFinished, isRequestOutdated, let request, let csr else {
            throw Self.wrongState("the request is sealed for the certificate that the authority has")
        }
        let message = try seal(request.type, content: csr.value.der, key: key, random: random)
        self.request = message
        formerRecipient = nil
        return message
    }

    /// A CertPoll, with a new nonce each time; after ``pollByRequest()`` the bytes of the request.
    public mutating func makePoll(key: PrivateKey, random: any RandomSource) throws(SCEPError) -> OutgoingMessage {
        guard case .pending(let polls) = state, let authority, let subject = certificateRequest?.subject else {
            throw Self.wrongState("only a pending request is polled for")
        }
        if pollsByRequest { return try makeRequest(key: key, random: random) }
        let content = IssuerAndSubject(issuer: authority.issuerName, subject: subject).der
        let message = try seal(.certPoll, content: content, key: key, random: random)
        state = .pending(polls: polls + 1)
        return message
    }

    /// Told that the server does not know CertPoll: from now on a poll sends the request again.
    public mutating func pollByRequest() {
        repeatsRequest = true
    }

    /// Told which transaction for the same key was given up for this one.
    /// - Parameter refused: whether the server refused its last message. An earlier one may have been granted all the
    ///   same, if its reply was never read.
    public mutating func follow(_ former: Transaction, refused: Bool) {
        inheritsDoubt = former.isKeyInDoubt || (refused ? former.unanswered > 1 : former.messagesMade > 0)
    }

    /// Told by the transport that not a byte of the last message left, or by the server that it could do nothing with it:
    /// the message counts as not made. When it was the
    /// only one, the transaction is as it was before it, and the next request is made anew.
    public mutating func withdraw() {
        guard !isFinished, unanswered > 0, let awaited else { return }
        if case .pending(let polls) = state, awaited != request?.senderNonce { state = .pending(polls: polls - 1) }
        self.awaited = nil
        messagesMade -= 1
        unanswered -= 1
        guard messagesMade == 0 else { return }
        state = .ready
        request = nil
        formerRecipient = nil
    }

    /// Reads the reply to the last message that was made. Throwing changes nothing: the certificate may have been
    /// issued, so the same message can be sent again.
    public mutating func receive(
        _ reply: TransportReply, key: PrivateKey, policy: ReplyPolicy = ReplyPolicy(), now: Date
    ) throws(SCEPError) -> Outcome {
        guard !isFinished, let authority, let awaited, let csr = certificateRequest else {
            throw Self.wrongState("no reply is awaited")
        }
        do {
            try reply.checkPKIOperation()
            let verified = try VerifiedReply(
                reply.body, authority: authority, transactionID: id, nonce: awaited, policy: policy, now: now)
            switch verified.content {
            case .success(let envelope):
                let content = try open(envelope, key: key, policy: policy)
                let selection = IssuedCertificateSelection(
                    request: csr, authority: authority, policy: policy, now: now)
                let issued = try selection.select(from: content)
                end(.issued(issued))
                return .issued(issued)
            case .pending:
                if case .pending = state {} else { state = .pending(polls: 0) }
                unanswered = 0
                return .pending
            case .failure(let failure):
                end(.failed(failure))
                return .failed(failure)
            }
        } catch {
            throw error.afterRequest
        }
    }

    private mutating func seal(
        _ type: MessageType, content: [UInt8], key: PrivateKey, random: any RandomSource
    ) throws(SCEPError) -> OutgoingMessage {
        guard let authority, let choice else { throw Self.wrongState("no authority has been adopted") }
        guard requesterCertificate.matches(key) else {
            throw SCEPError(.cryptography, "the key is not the one with which the transaction was begun")
        }
        let nonce: Nonce
        do {
            nonce = try Nonce(random: random)
        } catch {
            throw SCEPError(.cryptography, "no random numbers: \(error.reason)")
        }
        let sealer = RequestSealer(
            transactionID: id, requester: requesterCertificate, key: key, recipient: authority.encryptionCertificate,
            choice: choice)
        let message = try sealer.seal(type, content: content, senderNonce: nonce)
        awaited = nonce
        countMessage()
        return message
    }

    private mutating func countMessage() {
        messagesMade += 1
        unanswered += 1
    }

    private func open(_ envelope: [UInt8], key: PrivateKey, policy: ReplyPolicy) throws(SCEPError) -> [UInt8] {
        try Envelope(envelope, invalid: .malformedReply)
            .open([(requesterCertificate, key)], allowsSingleDES: policy.allowsSingleDES).content
    }

    private mutating func end(_ state: State) {
        self.state = state
        csr = nil
        request = nil
        formerRecipient = nil
        awaited = nil
    }

    private static func wrongState(_ reason: String) -> SCEPError { SCEPError(.wrongState, reason) }
}
