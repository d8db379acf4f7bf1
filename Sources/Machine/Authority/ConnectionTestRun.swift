import FoundationEssentials
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

    /// Without the accepted fingerprint: a changed CA is to be shown, not to fail here.
    private var trust: AuthorityTrust { settings.caFingerprint.map(AuthorityTrust.typed) ?? .unconfirmed }

    private func exchange(_ test: inout ConnectionTest) async throws(SCEPError) {
        let deadline = ContinuousClock.now.advanced(by: .seconds(settings.timeout))
        let client = Client(transport: environment.transport(settings.server))
        let capabilities = try await client.capabilities(deadline: deadline)
        // A server that did not answer this may not have been reached at all; the next step shows it.
        if !capabilities.isSilence {
            test.reached()
            test.set(.capabilities, .done, detail: capabilities.tokens.joined(separator: " "))
            test.set(.authority, .running)
            await tests.update(test, generation: generation)
        }
        let authority = try await client.authority(
            capabilities: capabilities, trust: trust, now: environment.clock.now(), deadline: deadline)
        test.reached()
        test.set(.capabilities, .done, detail: capabilities.tokens.joined(separator: " "))
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
}

extension ConnectionTest {
    mutating func set(_ kind: Kind, _ state: StepState, detail: String = "") {
        steps = steps.map { $0.kind == kind ? .init(kind, state, detail: detail) : $0 }
    }

    /// The server was reached: its name was resolved and it took the connection.
    fileprivate mutating func reached() {
        set(.resolve, .done)
        set(.connect, .done)
    }

    fileprivate mutating func fail(_ error: SCEPError, trust: AuthorityTrust) {
        cause = IssuanceCause(error.code, trust: trust)
        httpStatus = error.httpStatus
        switch error.code {
        case .transport(.resolve):
            set(.resolve, .failed)
        case .transport(.connect):
            set(.resolve, .done)
            set(.connect, .failed)
        case .transport where !error.requestMayHaveArrived:
            // The time passed before a byte could be sent.
            set(.connect, .failed)
        default:
            reached()
            let hasCapabilities = steps.contains { $0.kind == .capabilities && $0.state == .done }
            set(hasCapabilities ? .authority : .capabilities, .failed)
        }
        steps = steps.map { $0.state == .running ? .init($0.kind, .waiting, detail: $0.detail) : $0 }
    }
}
