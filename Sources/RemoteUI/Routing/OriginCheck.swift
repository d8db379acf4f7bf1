import HTTP
import HTTPTypes

/// Whether a POST comes from a page of this site, by what the browser says itself (L7).
///
/// A browser sends Origin with every POST; Sec-Fetch-Site says the same in another way. A client that sends neither is
/// no browser and carries nobody's cookies: the token decides then.
enum OriginCheck {
    static func accepts(_ request: Request) -> Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.fields[$0] }) {
            // `none` is the user's own doing: an address typed, a reload.
            guard site == "same-origin" || site == "none" else { return false }
        }
        guard let origin = request.fields[.origin] else { return true }
        guard let host = request.host?.lowercased() else { return false }
        let scheme = request.isSecure ? "https" : "http"
        let standard: UInt16 = request.isSecure ? 443 : 80
        let port = request.hostPort ?? standard
        return origin.lowercased() == (port == standard ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)")
    }
}
