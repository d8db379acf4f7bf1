import HTTPTypes
import Testing

@testable import RemoteUI

@Suite struct RouterTests {
    static func router() throws -> Router {
        try Router([
            Route(.get, "/", access: .signedIn) { _ in .notFound },
            Route(.get, "/login", access: .anyone) { _ in .notFound },
            Route(.post, "/login", access: .anyone) { _ in .notFound },
            Route(.get, "/settings/keys", access: .systemManager) { _ in .notFound },
            Route(.get, "/settings/keys/{name}", access: .systemManager) { _ in .notFound },
            Route(.post, "/settings/keys/{name}/delete", access: .systemManager) { _ in .notFound },
            Route(.get, "/settings/keys/new", access: .systemManager) { _ in .notFound },
            Route(.get, "/public/a.css", access: .always) { _ in .notFound },
        ])
    }

    private func describe(_ match: Router.Match) -> String {
        switch match {
        case .route(let route, let parameters): "\(route.method) \(route.path) \(parameters["name"] ?? "")"
        case .wrongMethod(let allowed, _): "allow " + allowed.map(\.rawValue).joined(separator: ",")
        case .unknown: "unknown"
        }
    }

    @Test(
        arguments: [
            ("GET", "/", "GET / "), ("HEAD", "/", "GET / "), ("POST", "/", "allow GET,HEAD"),
            ("POST", "/login", "POST /login "), ("DELETE", "/login", "allow GET,HEAD,POST"),
            ("GET", "/settings/keys/Default%20Key", "GET /settings/keys/{name} Default Key"),
            ("GET", "/settings/keys/new", "GET /settings/keys/new "),
            ("POST", "/settings/keys/a/delete", "POST /settings/keys/{name}/delete a"),
            ("GET", "/settings/keys/a/delete", "allow POST"), ("GET", "/settings/keys/", "unknown"),
            ("GET", "/settings/keys/%", "unknown"), ("GET", "/settings/keys/%2F", "unknown"),
            ("GET", "/settings/keys/a%00", "unknown"), ("GET", "/settings/keys/%ff", "unknown"),
            ("GET", "/settings/keys/a/b/c", "unknown"), ("GET", "//", "unknown"), ("GET", "/login/", "unknown"),
            ("GET", "/Login", "unknown"), ("GET", "/%6cogin", "unknown"), ("GET", "/x/../login", "unknown"),
            ("GET", "/public/../login", "unknown"), ("OPTIONS", "*", "unknown"), ("GET", "", "unknown"),
        ])
    func aRequestFindsItsRouteOrNone(_ method: String, _ path: String, _ expected: String) throws {
        let method = try #require(HTTPRequest.Method(rawValue: method))
        #expect(describe(try Self.router().match(method, path)) == expected)
    }

    @Test func twoRoutesForOnePathAreAnErrorAtStart() {
        let route = Route(.get, "/a", access: .anyone) { _ in .notFound }
        let pattern = Route(.get, "/a/{b}", access: .anyone) { _ in .notFound }
        #expect(throws: ResourceError.self) { try Router([route, route]) }
        #expect(throws: ResourceError.self) { try Router([pattern, pattern]) }
        #expect(throws: ResourceError.self) { try Router([Route(.put, "/a", access: .anyone) { _ in .notFound }]) }
        #expect(throws: ResourceError.self) { try Router([Route(.get, "a", access: .anyone) { _ in .notFound }]) }
    }

    @Test(
        "L6: own paths are followed",
        arguments: ["/", "/settings/keys", "/settings/keys?sort=name", "/settings/keys/a%20b", "/login"])
    func ownPathsAreFollowed(_ path: String) throws {
        #expect(try Self.router().ownPath(path) == path)
    }

    @Test(
        "TM-13: no other path is",
        arguments: [
            nil, "", "settings/keys", "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example/",
            "javascript:alert(1)", "/login\r\nSet-Cookie: a=b", "/settings/keys#x", "/ settings", "/nowhere",
            "/public/a.css", "/settings/keys/a/delete", "/%2f/evil.example", "/ｌogin",
            "/login?" + String(repeating: "a", count: 2048),
        ] as [String?])
    func noOtherPathIs(_ path: String?) throws {
        #expect(try Self.router().ownPath(path) == nil)
    }
}
