import Foundation
import SCEP
import Testing

@Suite struct ServerURLTests {
    struct Accepted: Sendable, CustomTestStringConvertible {
        let url: String
        let host: String
        let path: String
        var testDescription: String { url }
    }

    @Test(
        "C1: a URL with a host and a path is taken as typed",
        arguments: [
            Accepted(
                url: "http://ca.example.com/certsrv/mscep/mscep.dll", host: "ca.example.com",
                path: "/certsrv/mscep/mscep.dll"),
            Accepted(url: "HTTP://CA.Example.com/CertSrv/MSCEP/", host: "CA.Example.com", path: "/CertSrv/MSCEP/"),
            Accepted(url: "  http://192.0.2.7/scep\t", host: "192.0.2.7", path: "/scep"),
            Accepted(url: "http://[2001:db8::1]/scep", host: "2001:db8::1", path: "/scep"),
            Accepted(url: "http://ca", host: "ca", path: "/cgi-bin/pkiclient.exe"),
            Accepted(url: "http://ca/", host: "ca", path: "/"),
            Accepted(
                url: "http://win_2012-r2.corp.local./a%20b//c;d=e/~f", host: "win_2012-r2.corp.local.",
                path: "/a%20b//c;d=e/~f"),
        ])
    func accepted(_ row: Accepted) throws {
        let server = try ServerURL(url: row.url, port: 8080)
        #expect(server.host == row.host)
        #expect(server.path == row.path)
        #expect(server.port == 8080)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let url: String
        var port = 80
        let reason: ServerURLError
        var testDescription: String { "\(reason): \(url.prefix(60))" }
    }

    @Test(
        "C1: anything else is refused with its reason",
        arguments: [
            Refused(url: "", reason: .empty), Refused(url: "   ", reason: .empty),
            Refused(url: "http://ca/" + String(repeating: "a", count: 246), reason: .tooLong),
            Refused(url: "http://ca/a b", reason: .forbiddenCharacter),
            Refused(url: "http://ca/\r\nHost:x", reason: .forbiddenCharacter),
            Refused(url: "http://ca/\u{0}", reason: .forbiddenCharacter),
            Refused(url: "http://münchen/scep", reason: .forbiddenCharacter),
            Refused(url: "https://ca/scep", reason: .httpsNotSupported),
            Refused(url: "HTTPS://ca/scep", reason: .httpsNotSupported),
            Refused(url: "ftp://ca/scep", reason: .schemeNotSupported),
            Refused(url: "ca.example.com/scep", reason: .schemeNotSupported),
            Refused(url: "file:///etc/passwd", reason: .schemeNotSupported),
            Refused(url: "http:/ca/scep", reason: .schemeNotSupported),
            Refused(url: "http://user@ca/scep", reason: .userInformation),
            Refused(url: "http://user:pass@ca/scep", reason: .userInformation),
            Refused(url: "http://ca:8080/scep", reason: .portInURL),
            Refused(url: "http://ca:/scep", reason: .portInURL),
            Refused(url: "http://[::1]:80/scep", reason: .portInURL),
            Refused(url: "http://ca/scep?x=1", reason: .query), Refused(url: "http://ca?x", reason: .query),
            Refused(url: "http://ca/scep#top", reason: .fragment),
            Refused(url: "http://", reason: .noHost), Refused(url: "http:///scep", reason: .noHost),
            Refused(url: "http://300.1.1.1/scep", reason: .badHost),
            Refused(url: "http://1.2.3/scep", reason: .badHost),
            Refused(url: "http://[::1/scep", reason: .badHost),
            Refused(url: "http://[fe80::1%25eth0]/", reason: .badHost),
            Refused(url: "http://[]/", reason: .badHost), Refused(url: "http://-ca/", reason: .badHost),
            Refused(url: "http://a..b/", reason: .badHost), Refused(url: "http://./", reason: .badHost),
            Refused(url: "http://" + String(repeating: "a", count: 64) + "/", reason: .badHost),
            Refused(url: "http://ca/a%2", reason: .badPath), Refused(url: "http://ca/a%zz", reason: .badPath),
            Refused(url: "http://ca/a\\b", reason: .badPath), Refused(url: "http://ca/<x>", reason: .badPath),
            Refused(url: "http://ca/", port: 0, reason: .portOutOfRange),
            Refused(url: "http://ca/", port: -1, reason: .portOutOfRange),
            Refused(url: "http://ca/", port: 65536, reason: .portOutOfRange),
        ])
    func refused(_ row: Refused) {
        #expect(throws: row.reason) { try ServerURL(url: row.url, port: row.port) }
    }

    @Test("C1: 255 characters are allowed, and a stored address comes back the same")
    func longestAndStored() throws {
        let url = "http://ca/" + String(repeating: "a", count: 245)
        let server = try ServerURL(url: url, port: 65535)
        #expect(try JSONDecoder().decode(ServerURL.self, from: JSONEncoder().encode(server)) == server)
        #expect(try ServerURL(url: "http://[::1]/x", port: 81).description == "http://[::1]:81/x")
    }

    @Test("A stored address that breaks the rules is not read")
    func storedRubbish() {
        let rubbish = Data(#"{"url":"https://ca/","port":80}"#.utf8)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(ServerURL.self, from: rubbish) }
    }
}
