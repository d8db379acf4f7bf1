import Foundation
import HTTP
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import SCEP

/// The transport against the real HTTP server, on loopback.
@Suite struct HTTPTransportTests {
    /// Keeps what arrives and answers what the test says.
    final class Recorder: Handler {
        private let answer: @Sendable (Request) -> Response
        private let log = Mutex<[Request]>([])

        init(_ answer: @escaping @Sendable (Request) -> Response) { self.answer = answer }

        var requests: [Request] { log.withLock { $0 } }

        func respond(to request: Request) async -> Response {
            log.withLock { $0.append(request) }
            return answer(request)
        }
    }

    private func withServer(
        _ recorder: Recorder,
        _ body: (_ transport: HTTPTransport, _ recorder: Recorder, _ port: UInt16) async throws -> Void
    ) async throws {
        let server = try Server(
            listeners: [Listener(address: "127.0.0.1", port: 0)], configuration: ServerConfiguration(),
            handler: recorder, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await server.run() }
        let port = server.ports[0]
        let url = try ServerURL(url: "http://127.0.0.1/CertSrv", port: Int(port))
        do {
            try await body(HTTPTransport(server: url), recorder, port)
        } catch {
            running.cancel()
            _ = await running.result
            throw error
        }
        running.cancel()
        _ = await running.result
    }

    private var deadline: ContinuousClock.Instant { .now + .seconds(180) }

    @Test("Q10: GET has the path as typed, the operation, and + / = of base64 percent-encoded")
    func get() async throws {
        try await withServer(Recorder { _ in Response.text("ok") }) { transport, recorder, port in
            let reply = try await transport.get(.pkiOperation, message: "ab+/c=", deadline: deadline)
            let request = try #require(recorder.requests.first)
            #expect(request.path == "/CertSrv")
            #expect(request.query == "operation=PKIOperation&message=ab%2B%2Fc%3D")
            #expect(request.host == "127.0.0.1" && request.hostPort == port)
            #expect(reply.status == 200 && reply.body == Array("ok".utf8) && reply.remoteAddress == "127.0.0.1")
            _ = try await transport.get(.getCACaps, message: nil, deadline: deadline)
            #expect(recorder.requests.last?.query == "operation=GetCACaps")
        }
    }

    @Test("Q11: POST has Content-Type, Content-Length, Host with port, the bytes as they are, and no Expect")
    func post() async throws {
        try await withServer(Recorder { _ in Response.text("") }) { transport, recorder, port in
            _ = try await transport.post(.pkiOperation, body: [0x30, 0, 255], deadline: deadline)
            let request = try #require(recorder.requests.first)
            #expect(request.method == .post && request.query == "operation=PKIOperation")
            #expect(request.body == [0x30, 0, 255])
            #expect(request.fields[.contentType] == "application/x-pki-message")
            #expect(request.fields[.contentLength] == "3")
            #expect(request.fields[.expect] == nil && request.fields[.transferEncoding] == nil)
            #expect(request.hostPort == port)
        }
    }

    @Test(
        "R19: 3xx is followed for GET, the query kept when the location forgets it",
        arguments: [301, 302, 303, 307, 308])
    func redirectedGET(_ status: Int) async throws {
        try await withServer(
            Recorder { request in
                request.path == "/new" ? .text("here") : .redirect(to: "/new", status: .init(code: status))
            }
        ) { transport, recorder, _ in
            let reply = try await transport.get(.getCACert, message: nil, deadline: deadline)
            #expect(reply.status == 200 && reply.body == Array("here".utf8))
            #expect(recorder.requests.map(\.query) == ["operation=GetCACert", "operation=GetCACert"])
        }
    }

    @Test(
        "R19: for POST only 307 and 308 are followed, as POST with the same body", arguments: [301, 302, 303, 307, 308])
    func redirectedPOST(_ status: Int) async throws {
        try await withServer(
            Recorder { request in
                request.path == "/new" ? .text("here") : .redirect(to: "/new?x=1", status: .init(code: status))
            }
        ) { transport, recorder, _ in
            let reply = try await transport.post(.pkiOperation, body: [1, 2], deadline: deadline)
            if status >= 307 {
                #expect(reply.status == 200 && recorder.requests.count == 2)
                #expect(recorder.requests.last?.method == .post && recorder.requests.last?.body == [1, 2])
                #expect(recorder.requests.last?.query == "x=1")
            } else {
                #expect(reply.status == status && recorder.requests.count == 1)
            }
        }
    }

    @Test("R19: a loop of redirects ends, as the server's fault")
    func loop() async throws {
        try await withServer(Recorder { _ in .redirect(to: "/again", status: .found) }) { transport, recorder, _ in
            let thrown = await codeAwaited { _ = try await transport.get(.getCACert, message: nil, deadline: deadline) }
            #expect(thrown == .httpStatus(302))
            #expect(recorder.requests.count == 1 + HTTPTransport.maximumRedirects)
        }
    }

    @Test(
        "R19: a location that no server URL could have is not followed",
        arguments: [
            "ftp://ca/", "relative", "http://user@ca/", "http://ca:99999/",
            "http://ca:8x/", "http://exa$mple/", "",
        ])
    func location(_ location: String) {
        let hop = RedirectTarget(host: "ca", port: 80, target: "/scep?operation=GetCACert")
        #expect(code { _ = try hop.following(location: location, status: 302) } == .httpStatus(302))
        #expect(code { _ = try hop.following(location: nil, status: 308) } == .httpStatus(308))
    }

    @Test(
        "C7: a redirect to HTTPS is told apart from other redirects that are not followed", arguments: [301, 302, 308])
    func redirectToHTTPS(_ status: Int) async throws {
        for location in ["https://ca.example.com/", "HTTPS://ca/x?y#z"] {
            try await withServer(
                Recorder { _ in .redirect(to: location, status: .init(code: status)) }
            ) { transport, recorder, _ in
                do throws(SCEPError) {
                    _ = try await transport.get(.getCACert, message: nil, deadline: deadline)
                    Issue.record("\(location) was followed")
                } catch {
                    #expect(error == SCEPError(.redirectToHTTPS, "", httpStatus: status))
                }
                #expect(recorder.requests.count == 1)
            }
        }
    }

    @Test("R19: absolute, network-path and port-bearing locations lead where they say")
    func absolute() throws {
        let hop = RedirectTarget(host: "ca", port: 8080, target: "/scep?operation=GetCACert")
        let rows = [
            ("http://other:81/x?y#z", RedirectTarget(host: "other", port: 81, target: "/x?y")),
            ("HTTP://[::1]/x", RedirectTarget(host: "::1", port: 80, target: "/x?operation=GetCACert")),
            ("//other", RedirectTarget(host: "other", port: 80, target: "/?operation=GetCACert")),
            ("/x", RedirectTarget(host: "ca", port: 8080, target: "/x?operation=GetCACert")),
        ]
        for (location, expected) in rows {
            #expect(try hop.following(location: location, status: 302) == expected)
        }
    }

    @Test("R18: any other status comes back with its body", arguments: [400, 403, 404, 413, 414, 500, 503])
    func status(_ status: Int) async throws {
        try await withServer(Recorder { _ in .text("no", status: .init(code: status)) }) { transport, _, _ in
            let reply = try await transport.post(.pkiOperation, body: [1], deadline: deadline)
            #expect(reply.status == status && reply.body == Array("no".utf8))
        }
    }

    @Test("A port where nobody listens is a connect error, a passed deadline a time-out")
    func unreachable() async throws {
        try await withServer(Recorder { _ in .text("") }) { transport, _, _ in
            let late = await codeAwaited { _ = try await transport.get(.getCACaps, message: nil, deadline: .now) }
            #expect(late == .transport(.timedOut))
        }
        let nobody = HTTPTransport(server: try ServerURL(url: "http://127.0.0.1/", port: 1))
        let thrown = await codeAwaited { _ = try await nobody.post(.pkiOperation, body: [1], deadline: deadline) }
        #expect(thrown == .transport(.connect))
    }
}
