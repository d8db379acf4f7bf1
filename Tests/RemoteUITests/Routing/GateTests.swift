import HTTP
import HTTPTypes
import Testing

@testable import RemoteUI

/// L1, L6, L7: every kind of route, with every kind of visitor.
@Suite struct GateTests {
    enum Who: CaseIterable, Sendable { case nobody, generalUser, systemManager }

    struct Case: CustomTestStringConvertible, Sendable {
        let method: HTTPRequest.Method
        let path: String
        let who: Who
        var isSetUp = true
        let expected: String

        var testDescription: String { "\(method) \(path) by \(who)\(isSetUp ? "" : " before set-up"): \(expected)" }
    }

    let gate: Gate
    let sessions = Sessions(random: CountingRandom())

    init() throws {
        func pair(_ path: String, _ access: Access) -> [Route] {
            [
                Route(.get, path, access: access) { _ in .notFound },
                Route(.post, path, access: access) { _ in .notFound },
            ]
        }
        gate = Gate(
            router: try Router(
                pair("/healthz", .always) + pair("/setup", .beforeSetUp) + pair("/login", .anyone)
                    + pair("/", .signedIn) + pair("/settings", .systemManager)
                    + [
                        Route(.get, "/only-get", access: .systemManager) { _ in .notFound },
                        Route(.post, "/settings/accept", access: .systemManager) { _ in .notFound },
                        Route(.post, "/log-out", access: .signedIn) { _ in .notFound },
                    ]))
    }

    private func visitor(_ who: Who) throws -> Visitor {
        let role: Role? =
            switch who {
            case .nobody: nil
            case .generalUser: .generalUser(name: nil)
            case .systemManager: .systemManager(id: "admin")
            }
        let session = try role.map { try sessions.start($0).session }
        return Visitor(session: session, language: .english, token: session?.token ?? "form-token")
    }

    private func decide(_ request: Request, _ visitor: Visitor, isSetUp: Bool = true) -> String {
        do throws(Gate.Refusal) {
            let admission = try gate.check(request, from: visitor, isSetUp: isSetUp)
            return "pass \(admission.route.method) \(admission.route.path)"
        } catch {
            return switch error {
            case .setUpFirst: "set up first"
            case .signInFirst(let next): "sign in, then \(next ?? "-")"
            case .sessionEnded(let page): "session ended, then \(page)"
            case .notFound: "not found"
            case .systemManagerOnly(let next): "system manager only, then \(next ?? "-")"
            case .wrongMethod(let allowed): "allow \(allowed.map(\.rawValue).joined(separator: ","))"
            case .foreignOrigin: "foreign origin"
            case .notAForm: "not a form"
            case .malformedForm: "malformed form"
            case .wrongToken: "wrong token"
            }
        }
    }

    private func post(_ path: String, _ body: String, _ fields: HTTPFields = [:]) -> Request {
        var fields = fields
        if fields[.contentType] == nil { fields[.contentType] = "application/x-www-form-urlencoded" }
        return Request(
            method: .post, path: path, fields: fields, body: Array(body.utf8), isSecure: true, host: "device.example",
            hostPort: 8443)
    }

    static let cases: [Case] =
        Who.allCases.flatMap { who -> [Case] in
            [
                // L1: before set-up nothing but set-up, health and static files.
                .init(method: .get, path: "/healthz", who: who, isSetUp: false, expected: "pass GET /healthz"),
                .init(method: .get, path: "/setup", who: who, isSetUp: false, expected: "pass GET /setup"),
                .init(method: .post, path: "/setup", who: who, isSetUp: false, expected: "pass POST /setup"),
                .init(method: .get, path: "/login", who: who, isSetUp: false, expected: "set up first"),
                .init(method: .post, path: "/login", who: who, isSetUp: false, expected: "set up first"),
                .init(method: .get, path: "/", who: who, isSetUp: false, expected: "set up first"),
                .init(method: .get, path: "/settings", who: who, isSetUp: false, expected: "set up first"),
                .init(method: .post, path: "/settings", who: who, isSetUp: false, expected: "set up first"),
                .init(method: .delete, path: "/settings", who: who, isSetUp: false, expected: "set up first"),
                .init(method: .get, path: "/nowhere", who: who, isSetUp: false, expected: "set up first"),
                // Afterwards the route is gone for good.
                .init(method: .get, path: "/setup", who: who, expected: "not found"),
                .init(method: .post, path: "/setup", who: who, expected: "not found"),
                .init(method: .put, path: "/setup", who: who, expected: "not found"),
                .init(method: .get, path: "/healthz", who: who, expected: "pass GET /healthz"),
                .init(method: .get, path: "/login", who: who, expected: "pass GET /login"),
                .init(method: .post, path: "/login", who: who, expected: "pass POST /login"),
                .init(method: .put, path: "/login", who: who, expected: "allow GET,HEAD,POST"),
                .init(method: .get, path: "/nowhere", who: who, expected: "not found"),
                .init(method: .post, path: "/nowhere", who: who, expected: "not found"),
            ]
        } + [
            .init(method: .get, path: "/", who: .nobody, expected: "sign in, then /"),
            .init(method: .get, path: "/settings", who: .nobody, expected: "sign in, then /settings"),
            .init(method: .head, path: "/settings", who: .nobody, expected: "sign in, then /settings"),
            .init(method: .post, path: "/settings", who: .nobody, expected: "session ended, then /settings"),
            .init(method: .post, path: "/settings/accept", who: .nobody, expected: "session ended, then /settings"),
            .init(method: .put, path: "/settings", who: .nobody, expected: "sign in, then -"),
            .init(method: .post, path: "/", who: .nobody, expected: "sign in, then -"),
            .init(method: .post, path: "/log-out", who: .nobody, expected: "sign in, then -"),
            .init(method: .post, path: "/only-get", who: .nobody, expected: "sign in, then -"),
            .init(method: .get, path: "/", who: .generalUser, expected: "pass GET /"),
            .init(method: .post, path: "/", who: .generalUser, expected: "pass POST /"),
            .init(
                method: .get, path: "/settings", who: .generalUser, expected: "system manager only, then /settings"),
            .init(method: .post, path: "/settings", who: .generalUser, expected: "system manager only, then -"),
            .init(method: .post, path: "/only-get", who: .generalUser, expected: "system manager only, then -"),
            .init(method: .get, path: "/", who: .systemManager, expected: "pass GET /"),
            .init(method: .head, path: "/settings", who: .systemManager, expected: "pass GET /settings"),
            .init(method: .get, path: "/settings", who: .systemManager, expected: "pass GET /settings"),
            .init(method: .post, path: "/settings", who: .systemManager, expected: "pass POST /settings"),
            .init(method: .post, path: "/only-get", who: .systemManager, expected: "allow GET,HEAD"),
            .init(method: .options, path: "/settings", who: .systemManager, expected: "allow GET,HEAD,POST"),
        ]

    @Test(
        "L6: the gate decides",
        arguments: cases)
    func theGateDecides(_ example: Case) throws {
        let visitor = try visitor(example.who)
        var request = post(example.path, "token=\(visitor.token ?? "")")
        request.head.method = example.method
        #expect(decide(request, visitor, isSetUp: example.isSetUp) == example.expected)
    }

    @Test("L7: a form of another site, which comes without the cookie, is not told that a session has ended")
    func aFormOfAnotherSiteIsNotToldOfASession() throws {
        let foreign = post("/settings", "token=x", [.origin: "https://evil.example"])
        #expect(decide(foreign, try visitor(.nobody)) == "sign in, then -")
    }

    @Test func theWayBackKeepsTheQuery() throws {
        let request = Request(path: "/settings", query: "a=1&b=%20", isSecure: true)
        #expect(decide(request, try visitor(.nobody)) == "sign in, then /settings?a=1&b=%20")
    }

    @Test(
        "L7: a form without this sessions token changes nothing",
        arguments: [
            "", "a=b", "token=", "token=x", "token", "TOKEN={}", "token=%20{}", "token={}x", "token=form-token",
        ])
    func aFormWithoutThisSessionsTokenChangesNothing(_ body: String) throws {
        let visitor = try visitor(.systemManager)
        let body = body.replacing("{}", with: visitor.token ?? "")
        #expect(decide(post("/settings", body), visitor) == "wrong token")
    }

    @Test("L7: another sessions token is wrong")
    func anotherSessionsTokenIsWrong() throws {
        let other = try visitor(.systemManager)
        #expect(decide(post("/settings", "token=\(other.token ?? "")"), try visitor(.systemManager)) == "wrong token")
    }

    @Test("L7: a browser without cookies has no valid form")
    func aBrowserWithoutCookiesHasNoValidForm() {
        let visitor = Visitor(session: nil, language: .english, token: nil)
        #expect(decide(post("/login", "token="), visitor) == "wrong token")
        #expect(decide(post("/login", ""), visitor) == "wrong token")
    }

    @Test(arguments: ["a=1&token={}&a=2", "token={}&token={}", "token={}&%zz=1", "token={}&a=%ff", "token={}&=x"])
    func aRepeatedOrDamagedFieldIsRefusedAsAWhole(_ body: String) throws {
        let visitor = try visitor(.systemManager)
        let request = post("/settings", body.replacing("{}", with: visitor.token ?? ""))
        #expect(decide(request, visitor) == "malformed form")
    }

    @Test func aRepeatedFieldOfTheQueryIsRefused() throws {
        let request = Request(path: "/settings", query: "a=1&a=2", isSecure: true)
        #expect(decide(request, try visitor(.systemManager)) == "malformed form")
    }

    @Test(arguments: [
        ("application/x-www-form-urlencoded; charset=utf-8", "pass POST /settings"),
        ("Application/X-WWW-Form-URLEncoded", "pass POST /settings"), ("text/plain", "not a form"),
        ("application/json", "not a form"), ("multipart/form-data; boundary=x", "not a form"), ("", "not a form"),
    ])
    func onlyFormsAreRead(_ type: String, _ expected: String) throws {
        let visitor = try visitor(.systemManager)
        #expect(decide(post("/settings", "token=\(visitor.token ?? "")", [.contentType: type]), visitor) == expected)
    }

    @Test(
        "L7: the origin must be this site",
        arguments: [
            ("https://device.example:8443", true), ("HTTPS://DEVICE.example:8443", true),
            ("https://device.example", false), ("http://device.example:8443", false), ("null", false), ("", false),
            ("https://evil.example", false), ("https://device.example:8443.evil.example", false),
            ("https://device.example:84430", false), ("https://device.example:8443/", false),
        ])
    func theOriginMustBeThisSite(_ origin: String, _ accepted: Bool) throws {
        let visitor = try visitor(.systemManager)
        let request = post("/settings", "token=\(visitor.token ?? "")", [.origin: origin])
        #expect(decide(request, visitor) == (accepted ? "pass POST /settings" : "foreign origin"))
    }

    @Test(
        "L7: the fetch must come from this site",
        arguments: [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false), ("", false)])
    func theFetchMustComeFromThisSite(_ site: String, _ accepted: Bool) throws {
        let visitor = try visitor(.systemManager)
        let name = try #require(HTTPField.Name("Sec-Fetch-Site"))
        let request = post("/settings", "token=\(visitor.token ?? "")", [name: site])
        #expect(decide(request, visitor) == (accepted ? "pass POST /settings" : "foreign origin"))
    }

    @Test func theStandardPortIsNotNamedInAnOrigin() {
        let origin: HTTPFields = [.origin: "https://device.example"]
        let plain: HTTPFields = [.origin: "https://[fd00::1]"]
        #expect(OriginCheck.accepts(Request(fields: origin, isSecure: true, host: "device.example")))
        #expect(OriginCheck.accepts(Request(fields: origin, isSecure: true, host: "device.example", hostPort: 443)))
        #expect(OriginCheck.accepts(Request(fields: plain, isSecure: true, host: "[fd00::1]", hostPort: 443)))
        #expect(!OriginCheck.accepts(Request(fields: origin, isSecure: true, host: nil)))
    }
}
