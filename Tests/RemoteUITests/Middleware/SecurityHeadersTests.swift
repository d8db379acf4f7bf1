import HTTP
import HTTPTypes
import Testing

@testable import RemoteUI

@Suite struct SecurityHeadersTests {
    private func fields(isTrusted: Bool, _ response: Response = .text("x")) async throws -> HTTPFields {
        try await SecurityHeaders(isTrusted: isTrusted).respond(to: Request(), next: { _ in response }).fields
    }

    @Test func everyResponseForbidsWhatThisSiteNeverDoes() async throws {
        let fields = try await fields(isTrusted: false)
        let policy = try #require(fields[.contentSecurityPolicy])
        for directive in [
            "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "connect-src 'self'",
            "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
        ] {
            #expect(policy.contains(directive))
        }
        #expect(!policy.contains("unsafe"))
        #expect(fields[.xContentTypeOptions] == "nosniff")
        #expect(fields[.cacheControl] == "no-store")
        for (name, value) in [
            ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            #expect(fields[try #require(HTTPField.Name(name))] == value)
        }
    }

    @Test("HTTPS is made lasting only with an issued certificate")
    func httpsIsMadeLastingOnlyWithAnIssuedCertificate() async throws {
        #expect(try await fields(isTrusted: false)[.strictTransportSecurity] == nil)
        #expect(try await fields(isTrusted: true)[.strictTransportSecurity] == "max-age=31536000")
    }

    @Test func whatAResponseSaysItselfStays() async throws {
        let response = Response(fields: [.cacheControl: "no-cache"])
        #expect(try await fields(isTrusted: false, response)[.cacheControl] == "no-cache")
    }
}
