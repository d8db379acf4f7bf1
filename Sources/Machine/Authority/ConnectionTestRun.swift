import FoundationEssentials
import HTTP
import SCEP

/// The steps of one connection test.
struct ConnectionTestRun: Sendable {
    let tests: ConnectionTests
    let generation: Int
    let settings: CommunicationSettings
    let accepted: AcceptedAuthority?
    let environment: MachineEnvironment

    func run(_ begun: ConnectionTest) async {
        var test = begun
        do {
            try await exchange(&test)
        } catch {
            test.fail(error, trust: trust)
        }
        test.isRunning = false
        await tests.update(test, generation: generation)
    }

    /// The server's addresses. The system's resolver knows no deadline, so it is left behind when the time is over.
    private func addresses(_ deadline: ContinuousClock.Instant) async throws(SCEPError) -> [String] {
        let (results, first) = AsyncStream<Result<[String], SCEPError>>.makeStream()
        let (server, resolver) = (settings.server, environment.resolver)
        Task {
            do throws(HTTPError) {
                let found = try await resolver.addresses(of: server.host, port: UInt16(clamping: server.port))
                first.yield(.success(found.map(\.address)))
            } catch {
                first.yield(.failure(SCEPError(.transport(.resolve), error.reason)))
            }
        }
        let timer = Task {
            try await Task.sleep(until: deadline)
            first.yield(.failure(SCEPError(.transport(.timedOut), "the name was not resolved in time")))
        }
        defer { timer.cancel() }
        for await result in results { return try result.get() }
        throw SCEPError(.transport(.resolve), "the name was not resolved")
    }

    /// Without the accepted fingerprint: a changed CA is to be shown, not to fail here.
    private var trust: AuthorityTrust { settings.caFingerprint.map(AuthorityTrust.typed) ?? .unconfirmed }

    private func exchange(_ test: inout ConnectionTest) async throws(SCEPError) {
        let deadline = ContinuousClock.now.advanced(by: .seconds(settings.timeout))
        let addresses = try await addresses(deadline)
        test.set(.resolve, .done, detail: addresses.joined(separator: " "))
        test.set(.connect, .running)
        await tests.update(test, generation: generation)
        let client = SCEP.Client(transport: environment.transport(settings.server))
        let capabilities = try await client.capabilities(deadline: deadline)
        // A server that did not answer this may not have been reached at all; the next step shows it.
        if !capabilities.isSilence {
            test.reached()
            test.set(.capabilities, .done, detail: capabilities.detail)
            test.set(.authority, .running)
            await tests.update(test, generation: generation)
        }
        let authority: Authority
        do {
            authority = try await client.authority(
                capabilities: capabilities, trust: trust, now: environment.clock.now(), deadline: deadline)
        } catch {
            // Who answers this and did not answer that is a server without capabilities.
            if !error.isOfTransport { test.set(.capabilities, .done, detail: capabilities.detail) }
            throw error
        }
        test.reached()
        test.set(.capabilities, .done, detail: capabilities.detail)
        test.set(.authority, .done, detail: "\(authority.caCertificate.subject)")
        let shown = ShownAuthority(server: settings.server, authority: authority)
        test.authority = shown.summary
        test.isAccepted = accepted?.certificate == authority.caCertificate
        await tests.show(shown, generation: generation)
    }
}

extension Capabilities {
    /// Nothing came back.
    fileprivate var isSilence: Bool { source == .closed || source == .timedOut }

    /// The tokens, or the status that came instead: then the server has named no capability.
    fileprivate var detail: String {
        if case .httpStatus(let status) = source { return "HTTP \(status)" }
        return tokens.joined(separator: " ")
    }
}

extension SCEPError {
    fileprivate var isOfTransport: Bool { if case .transport = code { true } else { false } }
}

extension ConnectionTest {
    mutating func set(_ kind: Kind, _ state: StepState, detail: String = "") {
        steps = steps.map { $0.kind == kind ? .init(kind, state, detail: detail) : $0 }
    }

    /// The server took the connection.
    fileprivate mutating func reached() { set(.connect, .done) }

    fileprivate mutating func fail(_ error: SCEPError, trust: AuthorityTrust) {
        cause = IssuanceCause(error.code, trust: trust)
        // 200 is no error of HTTP: what came with it is (C7 of the interop cases).
        httpStatus = error.httpStatus.flatMap { $0 == 200 ? nil : $0 }
        let isResolved = steps.contains { $0.kind == .resolve && $0.state == .done }
        let hasCapabilities = steps.contains { $0.kind == .capabilities && $0.state == .done }
        switch error.code {
        case _ where !isResolved:
            set(.resolve, .failed)
        case .transport where !error.wasConnected && !hasCapabilities:
            set(.connect, .failed)
        default:
            reached()
            set(hasCapabilities ? .authority : .capabilities, .failed)
        }
    }
}
