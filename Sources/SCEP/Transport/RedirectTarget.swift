/// One hop of an exchange: where a request goes. Follows redirects under the rules that a ``ServerURL`` is under.
struct RedirectTarget: Sendable, Hashable {
    let host: String
    let port: Int
    /// Path and query.
    let target: String

    /// The hop that a `Location` leads to.
    /// - Throws: ``SCEPError/Code/redirectToHTTPS``, or ``SCEPError/Code/httpStatus(_:)`` for any other location that
    ///   is not followed.
    func following(location: String?, status: Int) throws(SCEPError) -> RedirectTarget {
        func refused(_ reason: String) -> SCEPError {
            SCEPError(.httpStatus(status), "redirect not followed: \(reason)", httpStatus: status)
        }
        guard let location, location.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), location.utf8.count <= 8 << 10 else {
            throw refused("it has no usable Location")
        }
        let withoutFragment = location.prefix { $0 != "#" }
        if withoutFragment.lowercased().hasPrefix("https:") {
            throw SCEPError(.redirectToHTTPS, "redirect not followed: it leads to https", httpStatus: status)
        }
        if withoutFragment.hasPrefix("//") { return try absolute(withoutFragment.dropFirst(2), refused) }
        if withoutFragment.lowercased().hasPrefix("http://") {
            return try absolute(withoutFragment.dropFirst(7), refused)
        }
        guard withoutFragment.first == "/" else { throw refused("its Location is neither a URL nor an absolute path") }
        return RedirectTarget(host: host, port: port, target: withQuery(withoutFragment))
    }

    private func absolute(
        _ rest: Substring, _ refused: (String) -> SCEPError
    ) throws(SCEPError) -> RedirectTarget {
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<end]
        var port = 80
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            let digits = authority[authority.index(after: colon)...]
            guard let number = Int(digits), (1...65535).contains(number), digits.allSatisfy(\.isNumber) else {
                throw refused("its port is no port")
            }
            port = number
            authority = authority[..<colon]
        }
        guard let host = HostName.parse(authority) else { throw refused("its host is no host") }
        let path = rest[end...]
        return RedirectTarget(host: host, port: port, target: withQuery(path.first == "/" ? path : "/" + path))
    }

    /// Some servers redirect to another path and forget the query; the operation would be lost.
    private func withQuery(_ location: Substring) -> String {
        guard !location.contains("?"), let question = target.firstIndex(of: "?") else { return String(location) }
        return String(location) + String(target[question...])
    }
}
