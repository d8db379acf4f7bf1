import HTTP
import HTTPTypes
import Testing

@testable import RemoteUI

@Suite struct PlainHTTPTests {
    let plain = PlainHTTP(instance: "abc")

    @Test(
        "TM-23: everything leads to HTTPS",
        arguments: [
            ("/", nil, 8443, "https://device.example:8443/"),
            ("/settings", "a=1", 443, "https://device.example/settings?a=1"),
            ("/login", nil, 443, "https://device.example/login"), ("*", nil, 443, "https://device.example/"),
        ] as [(String, String?, UInt16, String)])
    func everythingLeadsToHTTPS(_ path: String, _ query: String?, _ port: UInt16, _ expected: String) {
        let request = Request(path: path, query: query, host: "device.example", hostPort: 8000)
        let response = plain.respond(to: request, httpsPort: port)
        #expect(response.status == .permanentRedirect)
        #expect(response.fields[.location] == expected)
        #expect(response.fields[.setCookie] == nil)
    }

    @Test func aLiteralAddressKeepsItsBrackets() {
        let response = plain.respond(to: Request(host: "[::1]", hostPort: 8000), httpsPort: 8443)
        #expect(response.fields[.location] == "https://[::1]:8443/")
    }

    @Test func withoutAHostThereIsNowhereToGo() {
        #expect(plain.respond(to: Request(host: nil), httpsPort: 8443).status == .badRequest)
    }

    @Test func healthIsAnsweredHereToo() {
        let response = plain.respond(to: Request(path: "/healthz", host: "x"), httpsPort: 8443)
        #expect(response.status == .ok)
        #expect(String(decoding: response.body, as: UTF8.self).contains("\"abc\""))
        #expect(plain.respond(to: Request(method: .post, path: "/healthz", host: "x"), httpsPort: 1).status != .ok)
    }
}
