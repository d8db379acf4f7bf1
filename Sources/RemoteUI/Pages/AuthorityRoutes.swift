import Machine
import SCEP

/// [Test Connection] and the acceptance of a CA (C5, C6).
struct AuthorityRoutes: Sendable {
    private static let testPath = "/settings/scep/test"
    private static let replacePath = "/settings/scep/ca/replace"

    let times: LocalTime

    var routes: [Route] {
        [
            Route(.get, Self.testPath, access: .systemManager, countsAsActivity: false, handler: show),
            Route(.post, Self.testPath, access: .systemManager, handler: test),
            Route(.post, "/settings/scep/ca/accept", access: .systemManager, handler: accept),
            Route(.get, Self.replacePath, access: .systemManager, handler: askToReplace),
            Route(.post, Self.replacePath, access: .systemManager, handler: replace),
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
        try await accept(context.field("ca_fingerprint"), replacing: nil, context)
    }

    /// Another CA than the accepted one is never a matter of one click (C6).
    private func askToReplace(_ context: PageContext) async throws -> Outcome {
        guard let new = await context.machine.connectionTest()?.authority,
            let old = try await context.machine.acceptedAuthority(), old.certificate != new.certificate
        else { return refused(.notShown, context) }
        let text = context.text
        let facts = [(text("authority.accepted-ca"), old.certificate), (text("authority.other-ca"), new.certificate)]
            .flatMap { name, certificate in
                [
                    Fact(name, CertificateFacts.shown(certificate.subject)),
                    Fact(text("authority.fingerprint"), .figures(Fingerprint(of: certificate).text)),
                ]
            }
        return .page(
            QuestionPage(
                title: text("authority.replace.title"), question: text("authority.replace.question"),
                consequences: [text("authority.replace.consequence"), text("authority.replace.compare")], facts: facts,
                menuItem: "/settings/scep", crumbs: [Crumb(text("test.title"), Self.testPath)],
                action: Self.replacePath, subject: "\(old.fingerprint.text) \(new.fingerprint.text)",
                button: text("authority.replace"), isDestructive: true, back: Self.testPath))
    }

    private func replace(_ context: PageContext) async throws -> Outcome {
        let fingerprints = (context.field("subject") ?? "").split(separator: " ").map(String.init)
        guard fingerprints.count == 2 else { return refused(.notShown, context) }
        return try await accept(fingerprints[1], replacing: fingerprints[0], context)
    }

    private func accept(_ new: String?, replacing old: String?, _ context: PageContext) async throws -> Outcome {
        do {
            try await context.machine.acceptAuthority(
                Fingerprint(text: new ?? ""), replacing: old.map { try Fingerprint(text: $0) },
                by: context.administrator)
        } catch AuthorityRefusal.otherAccepted where old == nil {
            return .redirect(Self.replacePath)
        } catch let refusal as AuthorityRefusal {
            return refused(refusal, context)
        } catch is Fingerprint.ParseError {
            return refused(.notShown, context)
        }
        context.leave(Flash(.success, "authority.accepted.flash"))
        return .redirect("/settings/scep")
    }

    private func refused(_ refusal: AuthorityRefusal, _ context: PageContext) -> Outcome {
        context.leave(refusal.phrase.flash(.error))
        return .redirect(Self.testPath)
    }
}
