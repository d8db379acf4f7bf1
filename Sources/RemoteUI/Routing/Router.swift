import HTTPTypes

/// The table of routes.
struct Router: Sendable {
    enum Match: Sendable {
        case route(Route, parameters: [String: String])
        /// The path is there, the method is not. `access` is the path's.
        case wrongMethod(allowed: [HTTPRequest.Method], access: Access)
        case unknown
    }

    private struct Entry: Sendable {
        let pattern: PathPattern
        var routes: [Route]
    }

    private var exact: [String: [Route]] = [:]
    private var patterns: [Entry] = []

    /// - Throws: `.route` for a path that does not begin with `/`, or two routes for one method and path.
    init(_ routes: [Route]) throws(ResourceError) {
        for route in routes {
            let pattern = PathPattern(route.path)
            guard route.path.hasPrefix("/"), route.method == .get || route.method == .post else {
                throw ResourceError(.route, file: route.path, reason: "a route is a GET or POST of an absolute path")
            }
            let index = patterns.firstIndex { $0.pattern == pattern }
            let others = pattern.hasParameters ? index.map { patterns[$0].routes } : exact[route.path]
            guard others?.contains(where: { $0.method == route.method }) != true else {
                throw ResourceError(.route, file: route.path, reason: "two routes claim \(route.method) of this path")
            }
            if !pattern.hasParameters {
                exact[route.path, default: []].append(route)
            } else if let index {
                patterns[index].routes.append(route)
            } else {
                patterns.append(Entry(pattern: pattern, routes: [route]))
            }
        }
    }

    /// Exact paths come first, so that a name in the place of a parameter cannot hide a page.
    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        if let routes = exact[path] { return choose(method, routes, [:]) }
        for entry in patterns {
            if let parameters = entry.pattern.match(path) { return choose(method, entry.routes, parameters) }
        }
        return .unknown
    }

    /// One of our own pages, if the text names one: an absolute path with an optional query whose GET is routed. For
    /// what comes from a form or a query, such as `next` (L6); never another host, however a browser may read the text.
    func ownPath(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 2048, text.hasPrefix("/"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") })
        else { return nil }
        let path = text.prefix { $0 != "?" }
        guard case .route(let route, _) = match(.get, String(path)), route.access != .always else { return nil }
        return text
    }

    /// The page of the form that is sent to a path: the page of the same path, or else the nearest one above it. Nil
    /// for a form that stands on every page, such as [Log Out].
    func formPage(_ path: String) -> String? {
        var path = path[...]
        while path.count > 1 {
            if let page = ownPath(String(path)) { return page }
            guard let slash = path.lastIndex(of: "/") else { return nil }
            path = path[..<slash]
        }
        return nil
    }

    private func choose(
        _ method: HTTPRequest.Method, _ routes: [Route], _ parameters: [String: String]
    ) -> Match {
        let wanted = method == .head ? .get : method
        if let route = routes.first(where: { $0.method == wanted }) { return .route(route, parameters: parameters) }
        let allowed = routes.flatMap { $0.method == .get ? [.get, .head] : [$0.method] }
        return .wrongMethod(allowed: allowed, access: routes[0].access)
    }
}
