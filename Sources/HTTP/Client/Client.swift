import HTTPTypes
import Synchronization

/// An HTTP/1.1 client: one request, one connection, one deadline over all of it. Redirects are reported, never
/// followed; nothing is sent twice.
public struct Client: Sendable {
    private let resolver: any Resolver
    private let limits: MessageLimits
    private let trust: TLSTrust?
    private let loop = ClientLoop()

    /// A client.
    ///
    /// - Parameters:
    ///   - resolver: finds the addresses of host names.
    ///   - limits: of the response; a larger one is an error `.tooLarge`.
    ///   - trust: whom to believe in HTTPS; nil refuses HTTPS.
    public init(
        resolver: any Resolver = SystemResolver(), limits: MessageLimits = MessageLimits(), trust: TLSTrust? = nil
    ) {
        self.resolver = resolver
        self.limits = limits
        self.trust = trust
    }

    /// Sends a request and returns the response, whatever its status.
    ///
    /// Every address of the host is tried until one accepts the connection. The deadline bounds looking up,
    /// connecting, sending and receiving
    /// together, whatever the server does. Cancelling the task ends the exchange.
    ///
    /// - Throws: `HTTPError`; its `requestMayHaveArrived` tells whether the server may have acted on the request.
    public func send(
        _ request: ClientRequest, deadline: ContinuousClock.Instant
    ) async throws(HTTPError) -> ClientResponse {
        let bytes = try RequestEncoder.encode(request)
        guard !request.isSecure || trust != nil else {
            throw HTTPError(.tls, "HTTPS needs trust anchors, and none are set.")
        }
        let host = request.hostWithoutBrackets
        let addresses = try await addresses(of: host, port: request.port, deadline: deadline)
        let order = ClientExchange.Order(
            method: request.method, bytes: bytes, host: host, addresses: addresses,
            tls: request.isSecure ? trust?.context : nil, limits: limits, deadline: deadline)
        return try await loop.exchange(order).get()
    }

    /// Looks the host up, for no longer than the deadline: a resolver that hangs is left behind.
    private func addresses(
        of host: String, port: UInt16, deadline: ContinuousClock.Instant
    ) async throws(HTTPError) -> [SocketAddress] {
        let first = FirstOf<Result<[SocketAddress], HTTPError>>()
        let lookup = Task { [resolver] in
            do throws(HTTPError) {
                first.offer(.success(try await resolver.addresses(of: host, port: port)))
            } catch {
                first.offer(.failure(error))
            }
        }
        let timer = Task {
            // A cancelled sleep offers nothing: the look-up or the caller's own cancellation has.
            if (try? await Task.sleep(until: deadline, clock: .continuous)) != nil {
                first.offer(.failure(HTTPError(.timedOut, "The host name could not be looked up in time.")))
            }
        }
        let result = await withTaskCancellationHandler {
            await first.value()
        } onCancel: {
            first.offer(.failure(HTTPError(.cancelled, "The request was cancelled.")))
        }
        lookup.cancel()
        timer.cancel()
        return try result.get()
    }
}
