import HTTP
import HTTPTypes

/// The three cookies of the site. The session's and the form's carry the `__Host-` prefix: a browser takes them from
/// this host by HTTPS only, and no neighbour can plant them (RFC 6265bis 4.1.3.2).
enum SiteCookies {
    static let session = "__Host-session"
    static let form = "__Host-form"
    static let language = "language"

    /// A year: a language is kept when the browser closes.
    private static let year = 365 * 24 * 3600

    static func setSession(_ id: String) throws(HTTPError) -> SetCookie {
        try SetCookie(name: session, value: id, isSecure: true)
    }

    static func endSession() throws(HTTPError) -> SetCookie {
        try SetCookie(name: session, value: "", maxAge: 0, isSecure: true)
    }

    static func setForm(_ value: String) throws(HTTPError) -> SetCookie {
        try SetCookie(name: form, value: value, isSecure: true)
    }

    static func setLanguage(_ language: Language) throws(HTTPError) -> SetCookie {
        try SetCookie(name: self.language, value: language.code, maxAge: year, isSecure: true)
    }

    /// The value of a cookie; a cookie that was sent twice counts as none, for one of the two was planted.
    static func value(_ name: String, of request: Request) -> String? {
        guard let value = try? Cookie.value(name, in: request.fields) else { return nil }
        return value
    }
}
