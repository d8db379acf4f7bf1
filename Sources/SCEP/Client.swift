import FoundationEssentials
import PKI

/// The steps of a SCEP client over a transport. Each can be taken alone: to test a connection, or to show progress.
public struct Client: Sendable {
    /// Longest request target that is sent by GET, in bytes.
    public static let maximumTargetLength = 8 << 10
    /// No web server refuses a URL of this length: IIS, with the lowest of the known limits, takes a query of 2048 bytes.
    static let longestUncontestedTarget = 2 << 10

    private let transport: any Transport
    private let identifier: String?

    /// - Parameter identifier: the CA identifier that drafts before RFC 8894 sent as `message=` with GetCACaps and
    ///   GetCACert; some servers choose a CA by it. None by default.
    public init(transport: any Transport, identifier: String? = nil) {
        self.transport = transport
        self.identifier = identifier
    }

    /// GetCACaps. A server that does not answer it is no error: it is taken for one of the oldest (RFC 8894 §3.5.2).
    /// - Parameters:
    ///   - deadline: of the whole exchange; this step takes no more than a third of what is left, so that a server
    ///     that is silent only here is served.
    /// - Throws: ``SCEPError/Code/notSCEPServer`` for a web page; transport errors other than a closed connection or
    ///   silence.
    public func capabilities(
        deadline: ContinuousClock.Instant, now: ContinuousClock.Instant = .now
    ) async throws(SCEPError) -> Capabilities {
        let share = now.advanced(by: now.duration(to: deadline) / 3)
        let reply: TransportReply
        do {
            reply = try await transport.get(.getCACaps, message: identifier, deadline: share)
        } catch {
            switch error.code {
            case .transport(.closed): return Capabilities(unknown: .closed)
            case .transport(.timedOut): return Capabilities(unknown: .timedOut)
            default: throw error
            }
        }
        guard reply.status == 200 else {
            return Capabilities(unknown: .httpStatus(reply.status), server: reply.server)
        }
        return try Capabilities(body: reply.body, server: reply.server)
    }

    /// GetCACert.
    /// - Throws: what ``Authority/init(certificates:capabilities:trust:now:)`` throws, and for a reply that holds no
    ///   certificates ``SCEPError/Code/noCACertificate`` or ``SCEPError/Code/malformedReply``.
    public func authority(
        capabilities: Capabilities, trust: AuthorityTrust, now: Date, deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> Authority {
        let reply = try await transport.get(.getCACert, message: identifier, deadline: deadline)
        try reply.checkAuthority()
        let certificates: [Certificate]
        do {
            certificates = try CertificateBundle.read(reply.body)
        } catch {
            throw SCEPError(.malformedReply, "GetCACert: \(error.reason)", httpStatus: reply.status)
        }
        return try Authority(certificates: certificates, capabilities: capabilities, trust: trust, now: now)
    }

    /// PKIOperation. Gives the reply as it came, for ``Transaction/receive(_:key:policy:now:)``.
    /// - Parameter offersPOST: whether the server announces POST. A message that is to go by GET, since the server may be
    ///   unable to answer a POST, then goes by POST all the same when GET is no way for it: the very same bytes.
    /// - Throws: ``SCEPError/Code/tooLongForGET`` before anything is sent, ``SCEPError/Code/longURLRefused``; transport
    ///   errors.
    public func send(
        _ message: OutgoingMessage, offersPOST: Bool = false, deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        guard message.method == .get else {
            return try await transport.post(.pkiOperation, body: message.bytes, deadline: deadline)
        }
        let base64 = Base64.encode(message.bytes)
        // Each of + / = becomes three characters.
        let length = base64.utf8.reduce(0) { $0 + ("+/=".utf8.contains($1) ? 3 : 1) }
        guard length <= Self.maximumTargetLength else {
            guard !offersPOST else {
                return try await transport.post(.pkiOperation, body: message.bytes, deadline: deadline)
            }
            throw SCEPError(
                .tooLongForGET, "the request makes a URL of \(length) characters; the server offers no POST")
        }
        let reply = try await transport.get(.pkiOperation, message: base64, deadline: deadline)
        guard length > Self.longestUncontestedTarget, reply.mayRefuseURL else { return reply }
        let refusal = SCEPError(
            .longURLRefused,
            "HTTP status \(reply.status) to a URL of \(length) characters: \(PeerText.excerpt(reply.body))",
            httpStatus: reply.status, requestMayHaveArrived: true)
        guard offersPOST else { throw refusal }
        let second: TransportReply
        do {
            second = try await transport.post(.pkiOperation, body: message.bytes, deadline: deadline)
        } catch {
            throw error.afterRequest
        }
        // Where POST does not work either, it is the long URL that an administrator can help with.
        guard second.status == 200, !second.body.isEmpty else { throw refusal }
        return second
    }
}

extension TransportReply {
    /// Whether this is how web servers refuse a URL for its length: IIS by 404, 414 or, before it looks at the request at
    /// all, 400. A SCEP server that was asked for its CA at the same path has no other reason for the first three.
    fileprivate var mayRefuseURL: Bool {
        switch status {
        case 404, 413, 414: true
        case 400: server?.lowercased().hasPrefix("microsoft-httpapi") == true
        default: false
        }
    }
}
