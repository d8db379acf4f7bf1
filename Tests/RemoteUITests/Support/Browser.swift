import Foundation
import HTTP
import HTTPTypes
import Logging
import Machine
import SCEP

@testable import RemoteUI

/// The whole site over a machine in a folder of its own, and a browser with a cookie jar. No sockets.
final class Browser {
    struct NoRestart: RestartAction {
        func restart() async throws {}
    }

    struct Fault: Error {}

    static let root = URL(filePath: #filePath).pathComponents.dropLast(4).joined(separator: "/").dropFirst()
    static let form = "application/x-www-form-urlencoded"

    let machine: Machine
    let site: Site
    let folder: URL
    let clock = StepClock()
    var cookies: [String: String] = [:]
    /// Fields that go with every request.
    var fields: HTTPFields = [:]

    /// - Parameter isSetUp: whether there is a System Manager `admin` with the PIN `correct horse`.
    init(isSetUp: Bool = true, isTrusted: Bool = false) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "site-\(UUID().uuidString)")
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        machine = try await Machine(
            configuration: MachineConfiguration(dataDirectory: folder.path()),
            environment: MachineEnvironment(
                restartAction: NoRestart(), transport: { HTTPTransport(server: $0) }), logger: logger)
        if isSetUp {
            try await machine.setUp(
                SetUpForm(
                    code: try machine.setUpCode() ?? "", systemManagerID: "admin", pin: "correct horse",
                    pinAgain: "correct horse"), from: "127.0.0.1")
        }
        let pages = Pages().set
        let clock = clock
        site = try Site(
            resources: String(Self.root),
            pages: PageSet(models: pages.models, routes: pages.routes + Self.routes, menu: pages.menu),
            machine: machine, isTrusted: isTrusted, logger: logger, now: { clock.now })
    }

    /// A CA's fingerprint, typed in advance.
    static let fingerprint = try? Fingerprint(text: String(repeating: "ab", count: 32))

    /// Switches the auto request timer on; the server and its CA's fingerprint are set.
    func enableTimer() async throws {
        var form = AutoRequestSettings.Form(AutoRequestSettings())
        form.isTimerEnabled = true
        form.start = "2099-01-01T00:00"
        form.key = IssuanceRequest.Form(keyName: "auto", commonName: "printer.example")
        _ = try await machine.updateAutoRequestSettings(form, by: .machine)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Ways in without a PIN's price, and a page that fails.
    private static let routes = [
        Route(.post, "/test/system-manager", access: .anyone) { _ in .signIn(.systemManager(id: "admin"), then: "/") },
        Route(.post, "/test/general-user", access: .anyone) { _ in .signIn(.generalUser(name: "guest"), then: "/") },
        Route(.post, "/test/late-sign-in", access: .anyone) { context in
            context.endOtherSessions()
            return .signIn(.systemManager(id: "admin"), then: "/")
        },
        Route(.get, "/test/fault", access: .anyone) { _ in throw Fault() },
        Route(.get, "/test/elsewhere", access: .anyone) { _ in .redirect("//evil.example/") },
        Route(.post, "/test/result", access: .systemManager) { context in
            context.leave(Flash(.success, "<flash>"))
            return .redirect("/settings")
        },
        Route(.post, "/test/end-others", access: .systemManager) { context in
            context.endOtherSessions()
            return .redirect("/settings")
        },
    ]

    func get(_ path: String) async -> Response { await send(.get, path, body: "") }

    /// A form as a browser sends it.
    func post(_ path: String, _ form: [String: String] = [:]) async -> Response {
        let body = form.map { "\($0)=\(PercentCoding.encode($1))" }.joined(separator: "&")
        return await send(.post, path, body: body, type: Self.form)
    }

    /// A form with the token of the page at `page`.
    func submit(_ path: String, _ form: [String: String] = [:], from page: String = "/login") async -> Response {
        var form = form
        form["token"] = token(in: await get(page))
        return await post(path, form)
    }

    func signIn(_ role: String = "system-manager") async -> Response { await submit("/test/\(role)") }

    func send(_ method: HTTPRequest.Method, _ path: String, body: String, type: String? = nil) async -> Response {
        let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
        var fields = fields
        if let type { fields[.contentType] = type }
        if !cookies.isEmpty {
            fields[.cookie] = cookies.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: "; ")
        }
        let response = await site.respond(
            to: Request(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, fields: fields,
                body: Array(body.utf8), isSecure: true, host: "device.example", hostPort: 8443))
        for cookie in response.fields[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", omittingEmptySubsequences: false)
            cookies[String(pair[0])] = cookie.contains("Max-Age=0") ? nil : String(pair[1])
        }
        return response
    }

    /// Communication Settings with a CA that is known in advance by its fingerprint.
    func configureServer(hasFingerprint: Bool = true) async throws {
        let settings = CommunicationSettings(
            server: try ServerURL(url: "http://ca.example/scep", port: 80),
            caFingerprint: hasFingerprint ? Self.fingerprint : nil)
        _ = try await machine.updateCommunicationSettings(settings, by: .machine)
    }

    func token(in response: Response) -> String {
        let marker = "name=\"token\" value=\""
        let html = response.text
        guard let start = html.range(of: marker)?.upperBound else { return "" }
        return String(html[start...].prefix { $0 != "\"" })
    }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }
    var location: String? { fields[.location] }
}
