import HTTP
import HTTPTypes
import Logging
import PKI
import SCEP
import Synchronization

/// Answers the HTTP requests of SCEP clients and of browsers that look at the CA.
final class SCEPResponder: Handler {
    private let profile: Profile
    let authority: CertificateAuthority
    let desk: EnrolmentDesk
    private let messages: MessageResponder
    private let faults: Set<Fault>
    private let work: BlockingWork
    private let logger: Logger
    /// Transactions whose reply has been lost already.
    private let lost = Mutex<Set<String>>([])

    init(
        profile: Profile, authority: CertificateAuthority, desk: EnrolmentDesk, messages: MessageResponder,
        faults: Set<Fault>, work: BlockingWork, logger: Logger
    ) {
        self.profile = profile
        self.authority = authority
        self.desk = desk
        self.messages = messages
        self.faults = faults
        self.work = work
        self.logger = logger
    }

    /// The response; how it is to be delivered is lost on a server that delivers in one way only.
    func respond(to request: Request) async -> Response {
        await answer(request).response
    }

    /// The response and how it gets to the client.
    func answer(_ request: Request) async -> Answer {
        var answer = Answer(response: faultyPage() ?? .text("", status: .notFound))
        if faultyPage() == nil { answer = await regularAnswer(request) }
        if faults.contains(.closeConnection) { answer.delivery = .none }
        if faults.contains(.slowDrip) { answer.delivery = .drip }
        answer.response.fields[.server] = profile.server
        return answer
    }

    private func faultyPage() -> Response? {
        if faults.contains(.htmlPage) { return Self.page(AdministrationPage.captivePortal) }
        if faults.contains(.http404) { return Self.page(AdministrationPage.error(404), status: .notFound) }
        if faults.contains(.http500) { return Self.page(AdministrationPage.error(500), status: .internalServerError) }
        return nil
    }

    private func regularAnswer(_ request: Request) async -> Answer {
        let path = (try? PercentCoding.decodeText(request.path)) ?? request.path
        if let administration = profile.administrationPath,
            path.lowercased() == administration || path.lowercased() + "/" == administration
        {
            return Answer(
                response: Self.page(
                    AdministrationPage.challenge(desk.challenge, authority: authority.certificate)))
        }
        guard profile.serves(path: path) else { return Answer(response: .text("Not found.\n", status: .notFound)) }
        guard let query = try? SCEPQuery(request.query) else {
            return Answer(response: .text("The query cannot be read.\n", status: .badRequest))
        }
        switch query.operation {
        case .getCACaps: return Answer(response: capabilities())
        case .getCACert: return Answer(response: authorityCertificates())
        case .pkiOperation: return await pkiOperation(request, query)
        case nil where query.operationName == nil: return Answer(response: Self.page(AdministrationPage.service))
        case nil: return Answer(response: .text("The operation is not known.\n", status: .notFound))
        }
    }

    private func capabilities() -> Response {
        let text = faults.contains(.noCapabilities) ? "" : profile.capabilities
        return Response(contentType: "text/plain", body: [UInt8](text.utf8))
    }

    /// RFC 8894 §4.2: one certificate as it is, several in a degenerate SignedData.
    private func authorityCertificates() -> Response {
        guard authority.hasRegistrationAuthority else {
            return Response(contentType: "application/x-x509-ca-cert", body: authority.certificate.der)
        }
        do {
            return Response(
                contentType: "application/x-x509-ca-ra-cert", body: try SignedData.degenerate(authority.published))
        } catch {
            logger.error("GetCACert failed", metadata: ["reason": "\(error.reason)"])
            return .text("The certificates cannot be encoded.\n", status: .internalServerError)
        }
    }

    private func pkiOperation(_ request: Request, _ query: SCEPQuery) async -> Answer {
        let message: [UInt8]
        switch request.method {
        case .post: message = request.body
        case .get:
            guard let bytes = try? query.messageBytes() else {
                return Answer(response: .text("The message is not Base64.\n", status: .badRequest))
            }
            message = bytes
        default: return Answer(response: .text("GET or POST only.\n", status: .methodNotAllowed))
        }
        let result: MessageResponder.Result
        do {
            result = try await work.run { [messages] in messages.respond(to: message) }
        } catch {
            logger.error("no thread for a request", metadata: ["reason": "\(error)"])
            return Answer(response: .text("The server is busy.\n", status: .serviceUnavailable))
        }
        switch result {
        case .reply(let bytes, let issued):
            if faults.contains(.emptyReply) { return Answer(response: Response(contentType: Self.reply, body: [])) }
            var answer = Answer(response: Response(contentType: Self.reply, body: bytes))
            if faults.contains(.truncatedReply) { answer.delivery = .truncated }
            if faults.contains(.resetConnection) { answer.delivery = .reset }
            if let issued, faults.contains(.lostReply), lost.withLock({ $0.insert(issued).inserted }) {
                answer.delivery = .none
            }
            return answer
        case .refused(let status, let reason):
            return Answer(response: .text(reason + "\n", status: status))
        }
    }

    private static let reply = "application/x-pki-message"

    private static func page(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, contentType: "text/html; charset=utf-8", body: [UInt8](html.utf8))
    }
}
