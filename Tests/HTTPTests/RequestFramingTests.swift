import Testing

@testable import HTTP

@Suite("Fields and framing (RFC 9112 sections 5 to 7)")
struct RequestFramingTests {
    private static func fields(_ fields: String, version: String = "1.1") -> String {
        "POST / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n"
    }

    private static func chunked(_ body: String) -> String {
        fields("Transfer-Encoding: chunked\r\n") + body
    }

    private static func bytes(_ before: String, _ middle: [UInt8], _ after: String) -> [UInt8] {
        Array(before.utf8) + middle + Array(after.utf8)
    }

    private static let many = (0..<99).map { "X-\($0): y\r\n" }.joined()

    static let heads: [RequestCase] = [
        RequestCase("no blank after the colon", fields("X:y\r\n")),
        RequestCase("blanks around the value", fields("X: \t y \t \r\n")),
        RequestCase("an empty value", fields("X:\r\n")),
        RequestCase("every character of a token", fields("!#$%&'*+-.^_`|~09azAZ: y\r\n")),
        RequestCase("100 fields", fields(many)),
        RequestCase(
            "bytes over 0x7F in a value", bytes("GET / HTTP/1.1\r\nHost: a\r\nX: ", [0x80, 0xFF], "\r\n\r\n"),
            requests: 1, refusal: nil),
        RequestCase("a blank before the colon", fields("X : y\r\n"), refused: 400),
        RequestCase("a tab before the colon", fields("X\t: y\r\n"), refused: 400),
        RequestCase("a folded line", fields("X: y\r\n z\r\n"), refused: 400),
        RequestCase("a line folded with a tab", fields("X: y\r\n\tz\r\n"), refused: 400),
        RequestCase("a blank before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", refused: 400),
        RequestCase("an empty name", fields(": y\r\n"), refused: 400),
        RequestCase("no colon", fields("X\r\n"), refused: 400),
        RequestCase("NUL in a value", fields("X: \u{0}\r\n"), refused: 400),
        RequestCase("NUL in a name", fields("X\u{0}: y\r\n"), refused: 400),
        RequestCase("a bare CR in a value", fields("X: y\rz\r\n"), refused: 400),
        RequestCase("a bare CR before the line end", fields("X: y\r\r\n"), refused: 400),
        RequestCase("a lone LF", fields("X: y\nZ: z\r\n"), refused: 400),
        RequestCase("a lone LF for the blank line", "GET / HTTP/1.1\r\nHost: a\r\n\n", refused: 400),
        RequestCase("a control character in a value", fields("X: \u{1}\r\n"), refused: 400),
        RequestCase("DEL in a value", fields("X: \u{7F}\r\n"), refused: 400),
        RequestCase(
            "bytes over 0x7F in a name", bytes("GET / HTTP/1.1\r\nHost: a\r\nX", [0xE9], ": y\r\n\r\n"),
            requests: 0, refusal: 400),
        RequestCase("a parenthesis in a name", fields("X(: y\r\n"), refused: 400),
        RequestCase("101 fields", fields(many + "Y: z\r\n"), refused: 431),
        RequestCase("17 KB of fields", fields("X: \(String(repeating: "y", count: 17_000))\r\n"), refused: 431),
        RequestCase(
            "a head without end", "GET / HTTP/1.1\r\nX: " + String(repeating: "y", count: 17_000), refused: 431),
        RequestCase("an expectation", fields("Expect: 100-continue\r\nContent-Length: 0\r\n")),
        RequestCase("an unknown expectation", fields("Expect: tea\r\n"), refused: 417),
    ]

    static let framings: [RequestCase] = [
        RequestCase("no body", fields("")),
        RequestCase("a length of 0", fields("Content-Length: 0\r\n")),
        RequestCase("a length", fields("Content-Length: 5\r\n") + "hello"),
        RequestCase("a length of 010 is ten", fields("Content-Length: 010\r\n") + "helloworld"),
        RequestCase("a body with GET", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"),
        RequestCase(
            "what follows the body is the next request", fields("Content-Length: 1\r\n") + "x" + fields(""), reads: 2),
        RequestCase(
            "what follows the body is refused", fields("Content-Length: 1\r\n") + "xy: z\r\n", refused: 400, after: 1),
        RequestCase("the body looks like a request", fields("Content-Length: 18\r\n") + "GET / HTTP/1.1\r\n\r\n"),
        RequestCase("length +5", fields("Content-Length: +5\r\n") + "hello", refused: 400),
        RequestCase("length -0", fields("Content-Length: -0\r\n"), refused: 400),
        RequestCase("length -48", fields("Content-Length: -48\r\n"), refused: 400),
        RequestCase("length 0x10", fields("Content-Length: 0x10\r\n"), refused: 400),
        RequestCase("length 1_0", fields("Content-Length: 1_0\r\n"), refused: 400),
        RequestCase("length 5 5", fields("Content-Length: 5 5\r\n"), refused: 400),
        RequestCase("length 5, 5", fields("Content-Length: 5, 5\r\n"), refused: 400),
        RequestCase("length 5.0", fields("Content-Length: 5.0\r\n"), refused: 400),
        RequestCase("an empty length", fields("Content-Length:\r\n"), refused: 400),
        RequestCase("20 digits", fields("Content-Length: 99999999999999999999\r\n"), refused: 400),
        RequestCase("2 to the 64 plus 5", fields("Content-Length: 18446744073709551621\r\n"), refused: 400),
        RequestCase("19 digits", fields("Content-Length: 9223372036854775807\r\n"), refused: 413),
        RequestCase("one byte over the limit", fields("Content-Length: 1048577\r\n"), refused: 413),
        RequestCase("two equal lengths", fields("Content-Length: 5\r\nContent-Length: 5\r\n"), refused: 400),
        RequestCase("two different lengths", fields("Content-Length: 5\r\nContent-Length: 6\r\n"), refused: 400),
        RequestCase("digits of another script", fields("Content-Length: ５\r\n"), refused: 400),
        RequestCase("any case of chunked", fields("Transfer-Encoding: ChUnKeD\r\n") + "0\r\n\r\n"),
        RequestCase("blanks around chunked", fields("Transfer-Encoding: \tchunked \t\r\n") + "0\r\n\r\n"),
        RequestCase("an unknown coding", fields("Transfer-Encoding: cow\r\n"), refused: 501),
        RequestCase("gzip", fields("Transfer-Encoding: gzip\r\n"), refused: 501),
        RequestCase("identity", fields("Transfer-Encoding: identity\r\n"), refused: 501),
        RequestCase("gzip, chunked", fields("Transfer-Encoding: gzip, chunked\r\n"), refused: 501),
        RequestCase("xchunked", fields("Transfer-Encoding: xchunked\r\n"), refused: 501),
        RequestCase("chunked, chunked", fields("Transfer-Encoding: chunked, chunked\r\n"), refused: 400),
        RequestCase(
            "chunked in two fields", fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            refused: 400),
        RequestCase("a comma before chunked", fields("Transfer-Encoding: ,chunked\r\n"), refused: 400),
        RequestCase("a comma after chunked", fields("Transfer-Encoding: chunked,\r\n"), refused: 400),
        RequestCase("an empty coding", fields("Transfer-Encoding:\r\n"), refused: 400),
        RequestCase("chunked in quotes", fields("Transfer-Encoding: \"chunked\"\r\n"), refused: 400),
        RequestCase("a parameter", fields("Transfer-Encoding: chunked;q=1\r\n"), refused: 400),
        RequestCase("VT before chunked", fields("Transfer-Encoding: \u{B}chunked\r\n"), refused: 400),
        RequestCase("FF after chunked", fields("Transfer-Encoding: chunked\u{C}\r\n"), refused: 400),
        RequestCase("NUL after chunked", fields("Transfer-Encoding: chunked\u{0}\r\n"), refused: 400),
        RequestCase(
            "0xA0 before chunked",
            bytes("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ", [0xA0], "chunked\r\n\r\n"),
            requests: 0, refusal: 400),
        RequestCase(
            "0x85 after chunked", bytes("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked", [0x85], "\r\n\r\n"),
            requests: 0, refusal: 400),
        RequestCase(
            "chunked in HTTP/1.0", fields("Transfer-Encoding: chunked\r\n", version: "1.0") + "0\r\n\r\n",
            refused: 400),
        RequestCase(
            "chunked and a length", fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), refused: 400),
        RequestCase(
            "a length and chunked", fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), refused: 400),
        RequestCase(
            "a length and an unknown coding", fields("Content-Length: 5\r\nTransfer-Encoding: x\r\n"), refused: 400),
    ]

    static let chunks: [RequestCase] = [
        RequestCase("no data", chunked("0\r\n\r\n")),
        RequestCase("two chunks", chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")),
        RequestCase("hexadecimal digits of any case", chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n")),
        RequestCase("zeros before the size", chunked("0005\r\nhello\r\n000\r\n\r\n")),
        RequestCase("an extension", chunked("5;name\r\nhello\r\n0\r\n\r\n")),
        RequestCase("extensions with values", chunked("5;a=b;c=\"d \\\" e\"\r\nhello\r\n0;z\r\n\r\n")),
        RequestCase("blanks around an extension", chunked("5 ; a = b\r\nhello\r\n0\r\n\r\n")),
        RequestCase("a trailer", chunked("0\r\nX-Sum: 1\r\n\r\n")),
        RequestCase("a request after the body", chunked("1\r\nx\r\n0\r\n\r\n") + fields(""), reads: 2),
        RequestCase("an empty size", chunked("\r\n"), refused: 400),
        RequestCase("size 0x5", chunked("0x5\r\nhello\r\n"), refused: 400),
        RequestCase("size +5", chunked("+5\r\nhello\r\n"), refused: 400),
        RequestCase("size -1", chunked("-1\r\n"), refused: 400),
        RequestCase("a blank before the size", chunked(" 5\r\nhello\r\n"), refused: 400),
        RequestCase("a blank after the size", chunked("5 \r\nhello\r\n"), refused: 400),
        RequestCase("size 5_0", chunked("5_0\r\n"), refused: 400),
        RequestCase("size g", chunked("g\r\n"), refused: 400),
        RequestCase("17 digits", chunked("00000000000000005\r\nhello\r\n"), refused: 400),
        RequestCase("a size that overflows", chunked("FFFFFFFFFFFFFFFF\r\n"), refused: 413),
        RequestCase("a size over the limit", chunked("100001\r\n"), refused: 413),
        RequestCase("sizes that add up over the limit", chunked("5\r\nhello\r\n100000\r\n"), refused: 413),
        RequestCase("a lone LF after the size", chunked("5\nhello\r\n0\r\n\r\n"), refused: 400),
        RequestCase("a lone CR after the size", chunked("5\rhello\r\n0\r\n\r\n"), refused: 400),
        RequestCase("a lone LF after the data", chunked("5\r\nhello\n0\r\n\r\n"), refused: 400),
        RequestCase("data longer than its size", chunked("5\r\nhelloo\r\n0\r\n\r\n"), refused: 400),
        RequestCase("data shorter than its size", chunked("6\r\nhello\r\n0\r\n\r\n"), refused: 400),
        RequestCase("CR inside an extension", chunked("5;a\rb\r\nhello\r\n"), refused: 400),
        RequestCase("an extension without a name", chunked("5;\r\nhello\r\n"), refused: 400),
        RequestCase("an extension without a value", chunked("5;a=\r\nhello\r\n"), refused: 400),
        RequestCase("an extension with an open quote", chunked("5;a=\"b\r\nhello\r\n"), refused: 400),
        RequestCase("an extension without its semicolon", chunked("5 a\r\nhello\r\n"), refused: 400),
        RequestCase("an extension of 300 bytes", chunked("5;\(String(repeating: "a", count: 300))\r\n"), refused: 400),
        RequestCase("an extension without end", chunked("5;\(String(repeating: "a", count: 300))"), refused: 400),
        RequestCase(
            "many extensions",
            chunked(String(repeating: "1;\(String(repeating: "a", count: 240))\r\nx\r\n", count: 20)),
            refused: 400),
        RequestCase("a trailer that is a request", chunked("0\r\nGET / HTTP/1.1\r\n\r\n"), refused: 400),
        RequestCase("a trailer with a Host", chunked("0\r\nHost: b\r\n\r\n"), refused: 400),
        RequestCase("a trailer with a length", chunked("0\r\nContent-Length: 5\r\n\r\n"), refused: 400),
        RequestCase("a trailer with a coding", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), refused: 400),
        RequestCase("a folded trailer", chunked("0\r\nX: y\r\n z\r\n\r\n"), refused: 400),
        RequestCase("a trailer of 101 fields", chunked("0\r\n\(many)Y: y\r\nZ: z\r\n\r\n"), refused: 400),
        RequestCase(
            "a trailer of 17 KB", chunked("0\r\nX: \(String(repeating: "y", count: 17_000))\r\n\r\n"), refused: 400),
    ]

    static let unfinished: [RequestCase] = [
        RequestCase("half a head", "GET / HTTP/1.1\r\nHost: a\r\n", reads: 0),
        RequestCase("half a body", fields("Content-Length: 5\r\n") + "hell", reads: 0),
        RequestCase("no last chunk", chunked("5\r\nhello\r\n"), reads: 0),
        RequestCase("no end of the trailer", chunked("0\r\nX: y\r\n"), reads: 0),
    ]

    @Test("Header fields are read or refused, however they are split", arguments: heads)
    func head(_ each: RequestCase) { check(each) }

    @Test("A body's length is known for certain or the request is refused", arguments: framings)
    func framing(_ each: RequestCase) { check(each) }

    @Test("A chunked body is decoded or refused, however it is split", arguments: chunks)
    func chunk(_ each: RequestCase) { check(each) }

    @Test("An unfinished request is neither read nor refused", arguments: unfinished)
    func pending(_ each: RequestCase) { check(each) }

    private func check(_ each: RequestCase) {
        for reading in Reading.ofEverySplit(each.bytes) {
            #expect(reading.count == each.requests && reading.refusal == each.refusal, "\(reading)")
        }
    }

    @Test("A chunked body comes out as it was")
    func decoded() {
        let text = Self.chunked("5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n")
        for case .requests(let requests, _) in Reading.ofEverySplit(Array(text.utf8)) {
            #expect(requests.count == 1 && requests[0].hasSuffix("[hello world]"))
        }
    }

    @Test("After an error nothing more is read as a request")
    func failed() {
        var parser = RequestParser()
        parser.append("GET / HTTP/1.1\r\n\r\n".utf8)
        #expect(throws: HTTPError(.refused(status: 400), "")) { try parser.next() }
        parser.append(Self.fields("").utf8)
        #expect(throws: HTTPError(.refused(status: 400), "")) { try parser.next() }
    }

    @Test(
        "The connection stays or closes as the client says (RFC 9112 section 9.3)",
        arguments: [
            ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: x, Close\r\n", false),
            ("1.1", "Connection: keep-alive\r\n", true), ("1.0", "", false),
            ("1.0", "Connection: Keep-Alive\r\n", true), ("1.0", "Connection: keep-alive, close\r\n", false),
        ])
    func keepsAlive(version: String, field: String, expected: Bool) throws {
        var parser = RequestParser()
        parser.append(Self.fields(field, version: version).utf8)
        guard case .head(let head)? = try parser.next() else {
            Issue.record("no head")
            return
        }
        #expect(head.keepsAlive == expected)
    }
}
