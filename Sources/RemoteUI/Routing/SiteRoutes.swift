import HTTP
import HTTPTypes

/// The routes that every site has: liveness, log out, language.
enum SiteRoutes {
    static func all(catalogue: Catalogue) -> [Route] {
        [
            // Says which process answers, and nothing else: the page that waits for a restart compares it.
            Route(.get, "/healthz", access: .always, countsAsActivity: false) { context in
                .response(Health.response(instance: context.instance))
            },
            Route(.post, "/logout", access: .signedIn) { context in
                // The session ends first, whatever becomes of the entry.
                context.endSession()
                await context.machine.recordSignOut(by: context.administrator)
                return .signOut
            },
            // Also before set-up: whoever sets the machine up wants to read what it asks.
            Route(.post, "/language", access: .always) { context in
                guard let code = context.field("language"),
                    let language = catalogue.languages.first(where: { $0.code == code })
                else { return .notFound }
                return .language(language, then: context.ownPath(context.field("next")) ?? "/")
            },
        ]
    }
}
