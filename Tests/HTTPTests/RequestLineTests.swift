import Testing

@testable import HTTP

@Suite("Request line, target and Host (RFC 9112 sections 2.3 and 3)")
struct RequestLineTests {
    private static func line(_ line: String) -> String {
        "\(line)\r\nHost: a\r\n\r\n"
    }

    private static func host(_ fields: String) -> String {
        "GET / HTTP/1.1\r\n\(fields)\r\n"
    }

    static let lines: [RequestCase] = [
        RequestCase("a path", line("GET / HTTP/1.1")),
        RequestCase("a path with a query", line("GET /a/b?c=d&e HTTP/1.1")),
        RequestCase("percent sequences", line("GET /%41%2f?%3F HTTP/1.1")),
        RequestCase("every character that paths carry", line("GET /a-._~!$&'()*+,;=:@/?/? HTTP/1.1")),
        RequestCase("HTTP/1.0 without a Host", "GET / HTTP/1.0\r\n\r\n"),
        RequestCase("HTTP/1.2 is processed as 1.1", line("GET / HTTP/1.2")),
        RequestCase("an absolute target", line("GET http://b:81/x HTTP/1.1")),
        RequestCase("an absolute target with a capital scheme and no path", line("GET HTTPS://b HTTP/1.1")),
        RequestCase("an absolute target with a query only", line("GET http://b?x HTTP/1.1")),
        RequestCase("OPTIONS for the whole server", line("OPTIONS * HTTP/1.1")),
        RequestCase("one empty line before the request", "\r\n" + line("GET / HTTP/1.1")),
        RequestCase("two requests in a row", line("GET /1 HTTP/1.1") + line("GET /2 HTTP/1.1"), reads: 2),
        RequestCase("two empty lines before the request", "\r\n\r\n" + line("GET / HTTP/1.1"), refused: 400),
        RequestCase("no version", line("GET /"), refused: 400),
        RequestCase("no version but the space before it", line("GET / "), refused: 400),
        RequestCase("HTTP/1.10", line("GET / HTTP/1.10"), refused: 400),
        RequestCase("HTTP/01.1", line("GET / HTTP/01.1"), refused: 400),
        RequestCase("HTTP/1", line("GET / HTTP/1"), refused: 400),
        RequestCase("HTTP/1.", line("GET / HTTP/1."), refused: 400),
        RequestCase("http/1.1", line("GET / http/1.1"), refused: 400),
        RequestCase("HTTP/4294967297.1", line("GET / HTTP/4294967297.1"), refused: 400),
        RequestCase("HTTP/1,1", line("GET / HTTP/1,1"), refused: 400),
        RequestCase("HTTPS/1.1", line("GET / HTTPS/1.1"), refused: 400),
        RequestCase("HTTP/2.0", line("GET / HTTP/2.0"), refused: 505),
        RequestCase("HTTP/0.9", line("GET / HTTP/0.9"), refused: 505),
        RequestCase("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", refused: 505),
        RequestCase("two spaces before the target", line("GET  / HTTP/1.1"), refused: 400),
        RequestCase("two spaces after the target", line("GET /  HTTP/1.1"), refused: 400),
        RequestCase("a space in the target", line("GET /a b HTTP/1.1"), refused: 400),
        RequestCase("a space at the end", line("GET / HTTP/1.1 "), refused: 400),
        RequestCase("a space at the beginning", line(" GET / HTTP/1.1"), refused: 400),
        RequestCase("tabs for spaces", line("GET\t/\tHTTP/1.1"), refused: 400),
        RequestCase("a tab in the target", line("GET /\t HTTP/1.1"), refused: 400),
        RequestCase("an empty target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", refused: 400),
        RequestCase("a fragment", line("GET /#x HTTP/1.1"), refused: 400),
        RequestCase("the asterisk with GET", line("GET * HTTP/1.1"), refused: 400),
        RequestCase("the asterisk and more", line("OPTIONS *x HTTP/1.1"), refused: 400),
        RequestCase("a target without a slash", line("GET a HTTP/1.1"), refused: 400),
        RequestCase("CONNECT is not implemented", line("CONNECT a:443 HTTP/1.1"), refused: 501),
        RequestCase("TRACE is not implemented (ASVS 13.4.4)", line("TRACE / HTTP/1.1"), refused: 501),
        RequestCase("the form of CONNECT with GET", line("GET a:443 HTTP/1.1"), refused: 400),
        RequestCase("an absolute target with a user", line("GET http://u@b/ HTTP/1.1"), refused: 400),
        RequestCase("an absolute target without a host", line("GET http:/// HTTP/1.1"), refused: 400),
        RequestCase("an absolute target of another scheme", line("GET ftp://b/ HTTP/1.1"), refused: 400),
        RequestCase("a percent sign alone", line("GET /% HTTP/1.1"), refused: 400),
        RequestCase("half a percent sequence", line("GET /%4 HTTP/1.1"), refused: 400),
        RequestCase("a percent sequence of letters", line("GET /%zz HTTP/1.1"), refused: 400),
        RequestCase("raw UTF-8 in the target", line("GET /é HTTP/1.1"), refused: 400),
        RequestCase("NUL in the target", line("GET /\u{0} HTTP/1.1"), refused: 400),
        RequestCase("DEL in the target", line("GET /\u{7F} HTTP/1.1"), refused: 400),
        RequestCase("a backslash in the target", line("GET /..\\ HTTP/1.1"), refused: 400),
        RequestCase("a bare CR in the line", line("GET /\r HTTP/1.1"), refused: 400),
        RequestCase("a lone LF at the end of the line", "GET / HTTP/1.1\nHost: a\r\n\r\n", refused: 400),
        RequestCase("a lone LF before the request", "\n" + line("GET / HTTP/1.1"), refused: 400),
        RequestCase("a lower-case method", line("get / HTTP/1.1"), refused: 501),
        RequestCase("an unknown method", line("BREW / HTTP/1.1"), refused: 501),
        RequestCase("a method of 1 KB", line(String(repeating: "A", count: 1_024) + " / HTTP/1.1"), refused: 501),
        RequestCase("a method that is not a token", line("GE(T / HTTP/1.1"), refused: 400),
        RequestCase("a handshake of TLS", [22, 3, 1, 2, 0, 1, 0], requests: 0, refusal: 400),
        RequestCase(
            "a target of 9 KB", line("GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1"), refused: 414),
        RequestCase("a line without end", "GET /" + String(repeating: "a", count: 9_000), refused: 414),
        RequestCase("bad after good", line("GET / HTTP/1.1") + line("GET / HTTP/3"), refused: 400, after: 1),
    ]

    static let hosts: [RequestCase] = [
        RequestCase("a name", host("Host: example.com\r\n")),
        RequestCase("a name with a port", host("Host: example.com:8443\r\n")),
        RequestCase("any case of the field name", host("hOST: a\r\n")),
        RequestCase("a dot at the end", host("Host: example.com.\r\n")),
        RequestCase("an underscore", host("Host: my_printer\r\n")),
        RequestCase("an IPv4 address", host("Host: 192.0.2.1:80\r\n")),
        RequestCase("an IPv6 address", host("Host: [::1]\r\n")),
        RequestCase("an IPv6 address with a port", host("Host: [2001:db8::1]:443\r\n")),
        RequestCase("none", host(""), refused: 400),
        RequestCase("a field that only begins with host", host("Hostess: a\r\n"), refused: 400),
        RequestCase("two", host("Host: a\r\nHost: b\r\n"), refused: 400),
        RequestCase("two equal", host("Host: a\r\nHost: a\r\n"), refused: 400),
        RequestCase("two in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", refused: 400),
        RequestCase(
            "two with an absolute target", "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", refused: 400),
        RequestCase("none with an absolute target", "GET http://a/ HTTP/1.1\r\n\r\n", refused: 400),
        RequestCase("an empty one", host("Host:\r\n"), refused: 400),
        RequestCase("a list", host("Host: a, b\r\n"), refused: 400),
        RequestCase("a list without a blank", host("Host: a,b\r\n"), refused: 400),
        RequestCase("a user part", host("Host: user@a\r\n"), refused: 400),
        RequestCase("a path", host("Host: a/b\r\n"), refused: 400),
        RequestCase("a query", host("Host: a?b\r\n"), refused: 400),
        RequestCase("a scheme", host("Host: http://a\r\n"), refused: 400),
        RequestCase("a blank inside", host("Host: a b\r\n"), refused: 400),
        RequestCase("a port of letters", host("Host: a:http\r\n"), refused: 400),
        RequestCase("an empty port", host("Host: a:\r\n"), refused: 400),
        RequestCase("port 0", host("Host: a:0\r\n"), refused: 400),
        RequestCase("port 65536", host("Host: a:65536\r\n"), refused: 400),
        RequestCase("a signed port", host("Host: a:+80\r\n"), refused: 400),
        RequestCase("two ports", host("Host: a:1:2\r\n"), refused: 400),
        RequestCase("two dots", host("Host: a..b\r\n"), refused: 400),
        RequestCase("dots alone", host("Host: ..\r\n"), refused: 400),
        RequestCase("one dot alone", host("Host: .\r\n"), refused: 400),
        RequestCase("an IPv6 address without brackets", host("Host: ::1\r\n"), refused: 400),
        RequestCase("an open bracket", host("Host: [::1\r\n"), refused: 400),
        RequestCase("brackets around a name", host("Host: [a]\r\n"), refused: 400),
        RequestCase("a zone", host("Host: [fe80::1%25eth0]\r\n"), refused: 400),
        RequestCase("text after the bracket", host("Host: [::1]x\r\n"), refused: 400),
        RequestCase("raw UTF-8", host("Host: é\r\n"), refused: 400),
        RequestCase("a percent sequence", host("Host: a%41\r\n"), refused: 400),
        RequestCase("256 characters", host("Host: \(String(repeating: "a.", count: 128))\r\n"), refused: 400),
    ]

    @Test("A request line is read or refused, however it is split", arguments: lines)
    func line(_ each: RequestCase) {
        for reading in Reading.ofEverySplit(each.bytes) {
            #expect(reading.count == each.requests && reading.refusal == each.refusal, "\(reading)")
        }
    }

    @Test("A Host field is read or refused, however it is split", arguments: hosts)
    func host(_ each: RequestCase) {
        for reading in Reading.ofEverySplit(each.bytes) {
            #expect(reading.count == each.requests && reading.refusal == each.refusal, "\(reading)")
        }
    }

    @Test("An absolute target overrides the Host field (RFC 9112 section 3.2.2)")
    func absoluteTarget() throws {
        var parser = RequestParser()
        parser.append("GET http://B.example:81/x?y HTTP/1.1\r\nHost: a:80\r\n\r\n".utf8)
        guard case .head(let head)? = try parser.next() else {
            Issue.record("no head")
            return
        }
        #expect(head.host == HostName("B.example:81"))
        #expect(head.path == "/x")
        #expect(head.query == "y")
    }

    @Test("A query may be empty, and a path without one has none")
    func query() throws {
        for (target, query) in [("/?", ""), ("/", nil), ("/a?b?c", "b?c")] as [(String, String?)] {
            let read = try RequestTarget(Array(target.utf8)[...], method: .get)
            #expect(read.query == query)
        }
    }
}
