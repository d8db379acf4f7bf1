import Machine
import SCEP

/// [Test Connection] and the acceptance of a CA (C5, C6).
struct AuthorityRoutes: Sendable {
    private static let testPath = "/settings/scep/test"

    let times: LocalTime

    var routes: [Route] {
        [
            Route(.get, Self.testPath, access: .systemManager, countsAsActivity: false, handler: show),
            Route(.post, Self.testPath, access: .systemManager, handler: test),
            Route(.post, "/settings/scep/ca/accept", access: .systemManager, handler: accept),
        ]
    }

    private func show(_ context: PageContext) async throws -> Outcome {
        guard let test = await context.machine.connectionTest() else {
            context.leave(Flash(.info, "test.none"))
            return .redirect("/settings/scep")
        }
        let accepted = try await context.machine.acceptedAuthority()
        return .page(ConnectionTestPage(test: test, accepted: accepted, now: context.clock.now(), times: times))
    }

    private func test(_ context: PageContext) async throws -> Outcome {
        do {
            try await context.machine.testConnection(by: context.administrator)
        } catch let refusal as CommunicationRefusal {
            context.leave(refusal.phrase.flash(.error))
            return .redirect("/settings/scep/communication")
        }
        return .redirect(Self.testPath)
    }

    private func accept(_ context: PageContext) async throws -> Outcome {
        do {
            let fingerprint = try Fingerprint(text: context.field("ca_fingerprint") ?? "")
            try await context.machine.acceptAuthority(fingerprint, by: context.administrator)
        } catch let refusal as AuthorityRefusal {
            context.leave(refusal.phrase.flash(.error))
            return .redirect(Self.testPath)
        } catch is Fingerprint.ParseError {
            context.leave(AuthorityRefusal.notShown.phrase.flash(.error))
            return .redirect(Self.testPath)
        }
        context.leave(Flash(.success, "authority.accepted.flash"))
        return .redirect("/settings/scep")
    }
}
