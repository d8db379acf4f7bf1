import FoundationEssentials
import SCEP

extension Machine {
    /// The CA that an administrator has accepted, or nil (C6).
    public func acceptedAuthority() async throws -> AcceptedAuthority? {
        try await store.read { try $0.acceptedAuthority() }
    }

    /// The newest connection test since the start or the last change of the settings.
    public func connectionTest() async -> ConnectionTest? { await connectionTests.current }

    /// [Test Connection]: starts a test that sends no request; ``connectionTest()`` tells how far it has come (C5).
    /// While one runs, another is not started.
    ///
    /// - Throws: ``CommunicationRefusal/notConfigured``.
    public func testConnection(by administrator: Administrator) async throws {
        guard let settings = try await communicationSettings() else { throw CommunicationRefusal.notConfigured }
        let accepted = try await acceptedAuthority()
        let test = ConnectionTest(
            server: settings.server.description, startedAt: now,
            steps: ConnectionTest.Kind.allCases.map { .init($0, $0 == .resolve ? .running : .waiting) },
            isRunning: true,
            cause: nil, httpStatus: nil, authority: nil, isAccepted: false)
        let begun = try await connectionTests.begin(test) {
            try await audit(.testConnection, settings.server.description, by: administrator)
        }
        guard let generation = begun else { return }
        let run = ConnectionTestRun(
            tests: connectionTests, generation: generation, settings: settings, accepted: accepted,
            environment: environment)
        await connectionTests.run { await run.run(test) }
    }

    /// Returns when no connection test runs any more: for an orderly stop.
    public func waitForConnectionTest() async { await connectionTests.waitUntilIdle() }

    /// Accepts a CA that a connection test or a look-up has shown.
    ///
    /// - Parameter former: the accepted CA whose place it takes, by the administrator's word; without it no other CA
    ///   loses its place.
    /// - Throws: ``AuthorityRefusal``.
    @discardableResult
    public func acceptAuthority(
        _ fingerprint: Fingerprint, replacing former: Fingerprint? = nil, by administrator: Administrator
    ) async throws -> AcceptedAuthority {
        guard let shown = await connectionTests.shown(fingerprint) else { throw AuthorityRefusal.notShown }
        let accepted = try await accept(shown, replacing: former, by: administrator)
        await connectionTests.markAccepted(fingerprint)
        return accepted
    }

    func accept(
        _ shown: ShownAuthority, replacing former: Fingerprint? = nil, by administrator: Administrator
    ) async throws -> AcceptedAuthority {
        let now = now
        let accepted = AcceptedAuthority(
            certificate: shown.authority.caCertificate, acceptedAt: now, acceptedBy: administrator.name)
        let refusal: AuthorityRefusal? = try await store.write { tables in
            // The server may have been changed since it showed this CA.
            guard let settings = try tables.settings.value(.communication), settings.server == shown.server else {
                return .notShown
            }
            if settings.caFingerprint?.matches(accepted.certificate) == false { return .fingerprintMismatch }
            if let present = try tables.acceptedAuthority(), present.certificate != accepted.certificate,
                present.fingerprint != former
            {
                return .otherAccepted
            }
            try tables.accept(accepted, by: administrator, at: now)
            return nil
        }
        if let refusal { throw refusal }
        return accepted
    }

    /// GetCACaps and GetCACert within the Communication Timeout.
    func lookUpAuthority() async throws -> ShownAuthority {
        guard let settings = try await communicationSettings() else { throw IssuanceRefusal.notConfigured }
        let deadline = ContinuousClock.now.advanced(by: .seconds(settings.timeout))
        let client = Client(transport: environment.transport(settings.server))
        let capabilities = try await client.capabilities(deadline: deadline)
        let authority = try await client.authority(
            capabilities: capabilities, trust: settings.caFingerprint.map(AuthorityTrust.typed) ?? .unconfirmed,
            now: now,
            deadline: deadline)
        return ShownAuthority(server: settings.server, authority: authority)
    }
}
