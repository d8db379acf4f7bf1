import HTTP
import HTTPTypes

/// The transport over HTTP (RFC 8894 §4.1).
public struct HTTPTransport: Transport {
    /// How many redirects are followed in one exchange.
    public static let maximumRedirects = 5

    private let server: ServerURL
    private let client: HTTP.Client

    /// - Parameter client: its limit for bodies must allow ``TransportReply/maximumCertRepLength``.
    public init(server: ServerURL, client: HTTP.Client = HTTP.Client()) {
        self.server = server
        self.client = client
    }

    public func get(
        _ operation: TransportOperation, message: String?, deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        // Everything but the unreserved characters is encoded: + / = of base64 as well.
        let query = message.map { "&message=" + PercentCoding.encode($0) } ?? ""
        let target = "\(server.path)?operation=\(operation.rawValue)\(query)"
        return try await exchange(operation, .get, target, [], deadline)
    }

    public func post(
        _ operation: TransportOperation, body: [UInt8], deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        try await exchange(operation, .post, "\(server.path)?operation=\(operation.rawValue)", body, deadline)
    }

    private func exchange(
        _ operation: TransportOperation, _ method: HTTPRequest.Method, _ target: String, _ body: [UInt8],
        _ deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> TransportReply {
        var hop = RedirectTarget(host: server.host, port: server.port, target: target)
        var redirects = 0
        do throws(SCEPError) {
            while true {
                let response = try await send(operation, method, hop, body, deadline)
                guard Self.redirects(response.status, method) else {
                    return TransportReply(
                        status: response.status, contentType: response.fields[.contentType],
                        server: response.fields[.server], body: response.body, remoteAddress: response.remoteAddress)
                }
                redirects += 1
                guard redirects <= Self.maximumRedirects else {
                    throw SCEPError(
                        .httpStatus(response.status), "redirect not followed: it is number \(redirects)",
                        httpStatus: response.status)
                }
                hop = try hop.following(location: response.fields[.location], status: response.status)
            }
        } catch {
            // Whoever redirects a PKIOperation has had it.
            throw redirects > 0 && operation == .pkiOperation ? error.afterRequest : error
        }
    }

    private func send(
        _ operation: TransportOperation, _ method: HTTPRequest.Method, _ hop: RedirectTarget, _ body: [UInt8],
        _ deadline: ContinuousClock.Instant
    ) async throws(SCEPError) -> ClientResponse {
        guard let port = UInt16(exactly: hop.port) else { throw SCEPError(.transport(.other), "port \(hop.port)") }
        let fields: HTTPFields = method == .post ? [.contentType: "application/x-pki-message"] : [:]
        let request = ClientRequest(
            method: method, host: hop.host, port: port, target: hop.target, fields: fields, body: body)
        do {
            return try await client.send(request, deadline: deadline)
        } catch {
            // Only a PKIOperation makes the server do something.
            throw SCEPError(
                .transport(Self.failure(error.code)), "\(operation.rawValue): \(error.reason)",
                requestMayHaveArrived: operation == .pkiOperation && error.requestMayHaveArrived,
                wasConnected: error.wasConnected)
        }
    }

    /// A POST may only be repeated elsewhere if it stays a POST; 301 and 302 turn it into a GET in too many servers.
    private static func redirects(_ status: Int, _ method: HTTPRequest.Method) -> Bool {
        method == .post ? [307, 308].contains(status) : [301, 302, 303, 307, 308].contains(status)
    }

    private static func failure(_ code: HTTPError.Code) -> SCEPError.TransportFailure {
        switch code {
        case .resolve: .resolve
        case .connect: .connect
        case .timedOut: .timedOut
        case .closed: .closed
        case .malformed: .malformed
        case .tooLarge: .tooLarge
        case .bind, .cancelled, .refused, .tls, .invalid, .repeated, .system: .other
        }
    }
}
