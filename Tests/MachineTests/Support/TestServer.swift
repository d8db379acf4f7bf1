import FoundationEssentials
import PKI
import SCEP
import Synchronization

/// A SCEP server in memory, with a CA that signs and decrypts itself. It knows a transaction again: the same request
/// gets the same certificate.
final class TestServer: Sendable {
    enum Answer: Sendable {
        case issue, deferRequest
        case refuse(Int?)
        case status(Int)
        /// The request arrives and is acted on; the reply is lost.
        case loseReply
        case unreachable
        /// A SUCCESS that cannot be read.
        case garbage
    }

    /// What a message asks for, and who signs it.
    enum Kind: String, Sendable {
        /// A PKCSReq signed with a certificate made for it.
        case enrolment
        case renewalReq
        /// A PKCSReq signed with a certificate that this server issued.
        case oldCertificate
        case poll
    }

    static let challenge = "one-time-challenge"

    static let shared = TestServer()
    private static let identity = Result { try CA(name: "Test CA") }

    /// A CA's key and certificate.
    struct CA: Sendable {
        let key: PrivateKey
        let certificate: Certificate

        init(name: String) throws {
            key = try PrivateKey.generate(.rsa(bits: 2048))
            certificate = try CertificateTemplate(
                subject: Name(commonName: name), publicKey: key.publicKey, serialNumber: [1],
                notBefore: TestClock.start - 86400, notAfter: TestClock.start + 3650 * 86400, isCA: true,
                keyUsage: [.digitalSignature, .keyEncipherment, .keyCertSign, .cRLSign]
            ).selfSigned(with: key, digest: .sha256)
        }
    }

    private struct State {
        var answers: [Answer] = []
        var answer = Answer.issue
        var isUnreachable = false
        var page: TransportReply?
        var failure: (error: SCEPError, operation: TransportOperation?)?
        var issued: [String: Certificate] = [:]
        var messages: [String: [UInt8]] = [:]
        var requests: [[UInt8]] = []
        var csrs: [CertificateRequest] = []
        /// By transaction.
        var known: [String: CertificateRequest] = [:]
        var kinds: [Kind] = []
        var challenges: [String?] = []
        var spent: Set<[UInt8]> = []
        var refused: Set<Kind> = []
        var capabilities = "AES\nPOSTPKIOperation\nSHA-256\n"
        var validity = TestClock.start - 3600..<TestClock.start + 365 * 86400
        var operations: [String] = []
        var ra: RA?
        var formerRecipients: [Certificate] = []
        /// Messages that were sealed for somebody else.
        var unopened = 0
        var unopenedAnswer: TransportReply?
    }

    /// The two certificates of a registration authority.
    private struct RA {
        let signing: Certificate
        let encryption: Certificate
    }

    private let ca: Mutex<CA>
    private let state = Mutex(State())
    /// Called before anything is done with a message.
    let hook: Mutex<@Sendable (String) -> Void> = Mutex({ _ in })

    /// All servers share one CA, whose key takes a while to make.
    init() {
        guard case .success(let ca) = Self.identity else { preconditionFailure("no CA") }
        self.ca = Mutex(ca)
    }

    /// A server that knows what this one knows at this moment, and goes its own way from here.
    func copy() -> TestServer {
        let known = state.withLock { $0 }
        let copy = TestServer()
        copy.ca.withLock { [ca = ca.withLock { $0 }] in $0 = ca }
        copy.state.withLock { $0 = known }
        return copy
    }

    /// Puts another CA in place of the one that was accepted.
    func replaceCA() throws {
        let other = try CA(name: "Other CA")
        ca.withLock { $0 = other }
    }

    /// Puts an RA in front of the CA, another one at each call: what is sealed for the one before cannot be opened any
    /// more. Transactions that came before are known again by their ID alone.
    /// - Parameters:
    ///   - validity: of the certificate that signs.
    ///   - opensOld: whether what is sealed for the one before can be opened all the same.
    func renewRA(
        signing validity: Range<Date> = TestClock.start - 86400..<TestClock.start + 730 * 86400, opensOld: Bool = false
    ) throws {
        let (ca, key) = (certificate, key)
        func issue(_ usage: KeyUsage, _ validity: Range<Date>) throws -> Certificate {
            try CertificateTemplate(
                subject: Name(commonName: "RA"), publicKey: key.publicKey,
                serialNumber: SerialNumber.random(using: SystemRandom()), notBefore: validity.lowerBound,
                notAfter: validity.upperBound, keyUsage: usage
            ).issued(by: ca, key: key, digest: .sha256)
        }
        let ra = RA(
            signing: try issue(.digitalSignature, validity),
            encryption: try issue(
                .keyEncipherment, TestClock.start - 86400..<TestClock.start + 730 * 86400))
        state.withLock {
            $0.formerRecipients = opensOld ? $0.formerRecipients + [$0.ra?.encryption ?? ca] : []
            $0.ra = ra
            $0.messages = [:]
        }
    }

    /// What is answered to a message that cannot be opened, in place of badMessageCheck.
    func answerUnopened(with reply: TransportReply) { state.withLock { $0.unopenedAnswer = reply } }

    /// How many messages could not be opened.
    var unopened: Int { state.withLock { $0.unopened } }

    var certificate: Certificate { ca.withLock { $0.certificate } }
    private var key: PrivateKey { ca.withLock { $0.key } }
    var fingerprint: Fingerprint { Fingerprint(of: certificate) }
    var requests: [[UInt8]] { state.withLock { $0.requests } }
    var csrs: [CertificateRequest] { state.withLock { $0.csrs } }
    var operations: [String] { state.withLock { $0.operations } }
    var issued: [Certificate] { state.withLock { Array($0.issued.values) } }

    /// What the readable PKIOperations were.
    var kinds: [Kind] { state.withLock { $0.kinds } }

    /// The challenge passwords of the requests among them.
    var challenges: [String?] { state.withLock { $0.challenges } }

    /// How many different requests came with the challenge password: a one-time password is good for one.
    var spentChallenges: Int { state.withLock { $0.spent.count } }

    /// What GetCACaps is answered with.
    func announce(_ capabilities: [String]) {
        state.withLock { $0.capabilities = capabilities.map { $0 + "\n" }.joined() }
    }
    /// Messages that are answered with badRequest, whatever ``answer(_:)`` says; they use up none of the next answers.
    func refuse(_ kinds: Set<Kind>) { state.withLock { $0.refused = kinds } }
    /// How long certificates are good that are issued from now on.
    func issue(_ validity: Range<Date>) { state.withLock { $0.validity = validity } }

    /// What every PKIOperation is answered with from now on.
    func answer(_ answer: Answer) { state.withLock { $0.answer = answer } }
    /// What the next PKIOperations are answered with, before ``answer(_:)`` holds again.
    func answerNext(_ answers: Answer...) { answerNext(answers) }
    func answerNext(_ answers: [Answer]) { state.withLock { $0.answers += answers } }
    func setUnreachable(_ isUnreachable: Bool) { state.withLock { $0.isUnreachable = isUnreachable } }

    /// What every GET is answered with instead: a web server, not a SCEP server.
    func answerGets(with page: TransportReply) { state.withLock { $0.page = page } }

    /// What every GET ends with, or those of one operation only.
    func failGets(with error: SCEPError, only operation: TransportOperation? = nil) {
        state.withLock { $0.failure = (error, operation) }
    }

    fileprivate func get(_ operation: TransportOperation) throws(SCEPError) -> TransportReply {
        note(operation.rawValue)
        if state.withLock({ $0.isUnreachable }) { throw SCEPError(.transport(.connect), "nobody listens") }
        if let (error, only) = state.withLock({ $0.failure }), only == nil || only == operation { throw error }
        if let page = state.withLock({ $0.page }) { return page }
        switch operation {
        case .getCACaps:
            return TransportReply(status: 200, body: [UInt8](state.withLock { $0.capabilities }.utf8))
        case .getCACert:
            if let ra = state.withLock({ $0.ra }) { return try authorities(ra) }
            return TransportReply(status: 200, contentType: "application/x-x509-ca-cert", body: certificate.der)
        case .pkiOperation:
            return TransportReply(status: 405, body: [])
        }
    }

    fileprivate func post(_ body: [UInt8]) throws(SCEPError) -> TransportReply {
        note("PKIOperation")
        let header = try RequestHeader(ber: body)
        let request: RequestMessage
        do {
            let (ra, former) = state.withLock { ($0.ra, $0.formerRecipients) }
            let recipients = [ra?.encryption ?? certificate] + former
            request = try RequestMessage(header, recipients: recipients.map { ($0, key) })
        } catch {
            if let reply = state.withLock({ state in
                state.unopened += 1
                return state.unopenedAnswer
            }) {
                return reply
            }
            return try reply(ReplyMessage(to: header, Failure(failInfo: .badMessageCheck)))
        }
        let kind = kind(of: request)
        if state.withLock({ $0.refused.contains(kind) }) {
            arrived(request, kind, body)
            return try reply(to: request, .failure(Failure(failInfo: .badRequest)))
        }
        let answer = state.withLock { state in state.answers.isEmpty ? state.answer : state.answers.removeFirst() }
        if case .unreachable = answer { throw SCEPError(.transport(.connect), "nobody listens") }
        arrived(request, kind, body)
        guard isFirstOrSame(request, body) else {
            // The challenge is spent: only the same bytes get the same answer.
            return try reply(to: request, .failure(Failure(failInfo: .badRequest)))
        }
        let result: ReplyMessage.Result
        switch answer {
        case .issue: result = .success(try issue(request), chain: [certificate])
        case .loseReply:
            _ = try issue(request)
            throw SCEPError(.transport(.closed), "the reply is lost", requestMayHaveArrived: true)
        case .deferRequest:
            remember(request)
            result = .pending
        case .refuse(let number):
            result = .failure(Failure(failInfo: number.map(FailInfo.init(rawValue:)), text: "no <b>"))
        case .status(let status): return TransportReply(status: status, body: [UInt8]("no".utf8))
        case .garbage:
            _ = try issue(request)
            return TransportReply(status: 200, body: [0x30, 0x03, 1, 2, 3])
        case .unreachable: result = .pending
        }
        return try reply(to: request, result)
    }

    private func reply(to request: RequestMessage, _ result: ReplyMessage.Result) throws(SCEPError) -> TransportReply {
        try reply(ReplyMessage(to: request, result))
    }

    private func reply(_ message: ReplyMessage) throws(SCEPError) -> TransportReply {
        let signer = state.withLock { $0.ra?.signing } ?? certificate
        return TransportReply(status: 200, body: try message.encoded(signer: signer, key: key, random: SystemRandom()))
    }

    private func authorities(_ ra: RA) throws(SCEPError) -> TransportReply {
        do {
            return TransportReply(
                status: 200, body: try SignedData.degenerate([ra.signing, ra.encryption, certificate]))
        } catch {
            throw SCEPError(.cryptography, error.reason)
        }
    }

    private func isFirstOrSame(_ request: RequestMessage, _ body: [UInt8]) -> Bool {
        guard request.messageType != .certPoll else { return true }
        return state.withLock { state in
            let first = state.messages[request.transactionID.text] ?? body
            state.messages[request.transactionID.text] = first
            return first == body
        }
    }

    private func arrived(_ request: RequestMessage, _ kind: Kind, _ body: [UInt8]) {
        state.withLock { state in
            state.requests.append(body)
            state.kinds.append(kind)
            guard case .certificateRequest(let csr) = request.content else { return }
            state.challenges.append(csr.challengePassword)
            if csr.challengePassword != nil { state.spent.insert(body) }
        }
    }

    private func kind(of request: RequestMessage) -> Kind {
        switch request.messageType {
        case .certPoll: .poll
        case .renewalReq: .renewalReq
        default: issued.contains(request.requester) ? .oldCertificate : .enrolment
        }
    }

    private func note(_ operation: String) {
        hook.withLock { $0 }(operation)
        state.withLock { $0.operations.append(operation) }
    }

    private func remember(_ request: RequestMessage) {
        guard case .certificateRequest(let csr) = request.content else { return }
        state.withLock { state in
            if !state.csrs.contains(csr) { state.csrs.append(csr) }
            state.known[request.transactionID.text] = csr
        }
    }

    private func issue(_ request: RequestMessage) throws(SCEPError) -> Certificate {
        let id = request.transactionID.text
        if let known = state.withLock({ $0.issued[id] }) { return known }
        remember(request)
        let (csr, validity) = state.withLock { ($0.known[id], $0.validity) }
        guard let csr else { throw SCEPError(.malformedRequest, "a poll for nothing") }
        do {
            var template = CertificateTemplate(
                subject: csr.subject, publicKey: csr.publicKey,
                serialNumber: try SerialNumber.random(using: SystemRandom()),
                notBefore: validity.lowerBound, notAfter: validity.upperBound)
            template.subjectAltNames = csr.subjectAltNames
            let certificate = try template.issued(by: certificate, key: key, digest: .sha256)
            state.withLock { $0.issued[id] = certificate }
            return certificate
        } catch {
            throw SCEPError(.cryptography, error.reason)
        }
    }
}

/// The way to a ``TestServer``.
struct TestTransport: Transport {
    let server: TestServer

    func get(
        _ operation: TransportOperation, message: String?, deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply { try server.get(operation) }

    func post(
        _ operation: TransportOperation, body: [UInt8], deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply { try server.post(body) }
}
