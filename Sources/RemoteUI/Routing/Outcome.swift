import HTTP
import HTTPTypes

/// What a page handler decides; the site turns it into a response.
public enum Outcome: Sendable {
    /// Shows a page. A form with errors is shown again with `.unprocessableContent`.
    case page(any PageModel, status: HTTPResponse.Status = .ok)
    /// 303 to one of our own paths: after every POST that did something (L7).
    case redirect(String)
    /// Ends the session of this browser, if any, starts a new one with a new id, and leads to one of our own paths (L5).
    case signIn(Role, then: String)
    /// Ends the session and leads to the login page.
    case signOut
    /// The 404 page: the thing that the path names is not there.
    case notFound
    /// The 403 page: the rule for this request says no to everybody in this role.
    case forbidden
    /// The language of the pages from now on, kept in a cookie, and one of our own paths to go on to.
    case language(Language, then: String)
    /// What is no page: a static file, the liveness probe, a download.
    case response(Response)
}
