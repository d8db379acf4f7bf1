import HTTP
import HTTPTypes
import Logging
import PKI

/// The last resort (ASVS 16.5.4): whatever fails further in becomes a 500 page with a number; what failed is in the log
/// under that number, not on the page.
struct ErrorPages: Middleware {
    let renderer: PageRenderer
    let catalogue: Catalogue
    let random: any RandomSource
    let logger: Logger

    func respond(to request: Request, next: Next) async throws -> Response {
        do {
            return try await next(request)
        } catch {
            let incident = (try? random.bytes(4)).map { Hex.encode($0, uppercase: true) } ?? "0"
            logger.error(
                "Request failed",
                metadata: ["incident": "\(incident)", "path": "\(request.path)", "error": "\(error)"])
            return page(incident, for: request)
        }
    }

    private func page(_ incident: String, for request: Request) -> Response {
        let language = catalogue.choose(
            cookie: SiteCookies.value(SiteCookies.language, of: request),
            acceptLanguage: request.fields[.acceptLanguage])
        let layout = Layout(
            facts: .unknown, catalogue: catalogue, menu: Menu([]), instance: "",
            visitor: Visitor(session: nil, language: language, token: nil), path: nil)
        let page = MessagePage(kind: .error, incident: incident)
        do {
            return try renderer.render(page, in: layout, status: page.kind.status)
        } catch {
            return .text("\(incident)\n", status: .internalServerError)
        }
    }
}
