import HTTPTypes
import Logging
import PKI
import SCEP

/// Reads a pkiMessage, has the desk decide on it and makes the CertRep. Blocks: it makes signatures and touches files.
struct MessageResponder: Sendable {
    enum Result: Sendable {
        /// A CertRep; with the transaction ID when it carries a certificate.
        case reply([UInt8], issuedTo: String?)
        /// No CertRep can be made: an HTTP status and a sentence.
        case refused(HTTPResponse.Status, String)
    }

    let recipients: [Identity]
    let desk: EnrolmentDesk
    let writer: ReplyWriter
    let faults: Set<Fault>
    /// Single DES is forbidden (RFC 8894 §2.9) and all that micromdm's client 2.x sends.
    let acceptsSingleDES: Bool
    let logger: Logger

    func respond(to message: [UInt8]) -> Result {
        let header: RequestHeader
        do {
            header = try RequestHeader(ber: message)
        } catch {
            logger.notice("request refused", metadata: ["reason": "\(error.reason)"])
            return .refused(.badRequest, "The message cannot be read.")
        }
        do {
            let request: RequestMessage
            do {
                request = try RequestMessage(
                    header, recipients: recipients.map { ($0.certificate, $0.key) }, allowsSingleDES: acceptsSingleDES)
            } catch {
                logger.notice("request not opened", metadata: ["reason": "\(error.reason)"])
                let (failInfo, text) = Self.failure(for: error)
                return .reply(try writer.failure(to: header, failInfo, text: text), issuedTo: nil)
            }
            if request.messageType == .certPoll, faults.contains(.noCertPoll) {
                return .refused(.internalServerError, "operation not implemented")
            }
            let decision = try decide(request)
            log(decision, request)
            let reply = try writer.reply(to: request, decision)
            guard case .issued = decision else { return .reply(reply, issuedTo: nil) }
            return .reply(reply, issuedTo: request.transactionID.text)
        } catch {
            let reason = (error as? PracticeCAError)?.reason ?? (error as? SCEPError)?.reason ?? "\(error)"
            logger.error("request failed", metadata: ["reason": "\(reason)"])
            return .refused(.internalServerError, "The request cannot be carried out.")
        }
    }

    private func decide(_ request: RequestMessage) throws(PracticeCAError) -> Decision {
        let isExplained = !faults.isDisjoint(with: [.failInfoText, .microsoftError])
        if let failInfo = faults.compactMap(\.failInfo).min() ?? (isExplained ? 2 : nil) {
            return .failed(FailInfo(rawValue: failInfo), text: "This failure was asked for on the command line.")
        }
        switch request.content {
        case .certificateRequest where faults.contains(.pendingForever),
            .issuerAndSubject where faults.contains(.pendingForever):
            return .pending
        case .certificateRequest(let certificateRequest):
            return try desk.enrol(
                transactionID: request.transactionID.text, request: certificateRequest, requester: request.requester,
                type: request.messageType)
        case .issuerAndSubject:
            return try desk.poll(transactionID: request.transactionID.text, requester: request.requester)
        case .issuerAndSerialNumber:
            return .failed(.badRequest, text: "GetCert and GetCRL are not offered.")
        }
    }

    private static func failure(for error: SCEPError) -> (FailInfo, String) {
        switch error.code {
        case .singleDESRefused: (.badAlg, "Single DES is not accepted.")
        case .malformedRequest: (.badRequest, "The content cannot be read.")
        default: (.badMessageCheck, "The content cannot be decrypted.")
        }
    }

    private func log(_ decision: Decision, _ request: RequestMessage) {
        let outcome =
            switch decision {
            case .issued: "SUCCESS"
            case .pending: "PENDING"
            case .failed(let failInfo, let text): "FAILURE \(failInfo): \(text)"
            }
        logger.info(
            "request answered",
            metadata: [
                "type": "\(request.messageType)", "transaction": "\(request.transactionID)", "outcome": "\(outcome)",
            ])
    }
}
