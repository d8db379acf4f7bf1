import HTTPTypes
import Testing

@testable import HTTP

@Suite("Forms, cookies and percent-encoding")
struct FormFieldsTests {
    private static func fields(_ text: String) throws -> FormFields {
        try FormFields(urlEncoded: Array(text.utf8))
    }

    @Test(
        "A form is decoded once, plus to space, percent sequences to UTF-8",
        arguments: [
            ("a=1", "a", "1"), ("a=1+2", "a", "1 2"), ("a=%2B", "a", "+"), ("a=%252e", "a", "%2e"), ("a=", "a", ""),
            ("a", "a", ""), ("a=b=c", "a", "b=c"), ("x=0&name=%E3%82%AB", "name", "カ"), ("%61=1", "a", "1"),
            ("a=1%0D%0A2", "a", "1\r\n2"),
        ])
    func decodes(form: String, name: String, value: String) throws {
        #expect(try Self.fields(form).value(name) == value)
    }

    @Test(
        "A form that is not well formed is refused as malformed",
        arguments: [
            "a=%", "a=%4", "a=%zz", "a=%FF", "a=%C0%AE", "a=%00", "=1", "&", "a=1&&b=2", "a=1&", "%=1", "a=%+1",
        ])
    func refuses(form: String) {
        #expect(throws: HTTPError(.malformed, "")) { try Self.fields(form) }
    }

    @Test("An empty body has no fields, an absent field has no value")
    func empty() throws {
        #expect(try Self.fields("").names.isEmpty)
        #expect(try Self.fields("a=1").value("b") == nil)
        #expect(try FormFields(query: nil).names.isEmpty)
    }

    @Test("A repeated field is an error when it is read (ASVS 15.3.7), the others stay readable")
    func repeated() throws {
        let fields = try Self.fields("a=1&b=2&a=1")
        #expect(throws: HTTPError(.repeated, "")) { try fields.value("a") }
        #expect(try fields.value("b") == "2")
        #expect(fields.names == ["a", "b"])
    }

    @Test("Limits hold to the byte: fields, name, value")
    func limits() throws {
        var limits = FormLimits()
        limits.fieldCount = 2
        limits.nameBytes = 3
        limits.valueBytes = 4
        #expect(try FormFields(urlEncoded: Array("a=1&b=2".utf8), limits: limits).names.count == 2)
        #expect(try FormFields(urlEncoded: Array("abc=%41%42%43%44".utf8), limits: limits).value("abc") == "ABCD")
        for form in ["a=1&b=2&c=3", "abcd=1", "a=12345"] {
            #expect(throws: HTTPError(.tooLarge, "")) { try FormFields(urlEncoded: Array(form.utf8), limits: limits) }
        }
    }

    @Test("A query keeps its plus signs when asked to, for base64 sent as it is")
    func plus() throws {
        #expect(try FormFields(query: "message=A+B%2B", plusIsSpace: false).value("message") == "A+B+")
    }

    @Test("Percent-encoding read back gives the same bytes, for every byte")
    func percentRoundTrip() throws {
        let all = (0...255).map(UInt8.init)
        #expect(try PercentCoding.decode(PercentCoding.encode(all).utf8) == all)
        #expect(PercentCoding.encode("a-B_1.~ /é") == "a-B_1.~%20%2F%C3%A9")
    }

    @Test(
        "A cookie is found among others by its exact name",
        arguments: [
            ("session=abc", "abc"), ("a=1; session=abc; b=2", "abc"), ("xsession=1; session=abc", "abc"),
            ("Session=1; session=abc", "abc"), ("broken; session=abc", "abc"), ("session=", ""),
            ("session=a=b", "a=b"),
        ])
    func cookie(field: String, value: String) throws {
        #expect(try Cookie.value("session", in: [.cookie: field]) == value)
    }

    @Test("A cookie sent twice is refused, in one field or in two")
    func repeatedCookie() {
        var fields = HTTPFields()
        fields.append(HTTPField(name: .cookie, value: "s=1"))
        fields.append(HTTPField(name: .cookie, value: "s=1"))
        #expect(throws: HTTPError(.repeated, "")) { try Cookie.value("s", in: fields) }
        #expect(throws: HTTPError(.repeated, "")) { try Cookie.value("s", in: [.cookie: "s=1; s=2"]) }
    }

    @Test("Set-Cookie is built from checked parts")
    func setCookie() throws {
        let cookie = try SetCookie(name: "__Host-session", value: "abc", isSecure: true)
        #expect(cookie.fieldValue == "__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Strict")
        let gone = try SetCookie(name: "l", value: "", maxAge: 0, isSecure: false, isHTTPOnly: false, sameSite: .lax)
        #expect(gone.fieldValue == "l=; Path=/; Max-Age=0; SameSite=Lax")
    }

    @Test(
        "No part of a cookie can carry an attribute or a line",
        arguments: [
            ("a b", "1", "/"), ("", "1", "/"), ("a", "1; Domain=x", "/"), ("a", "1\r\nX: y", "/"), ("a", "1,2", "/"),
            ("a", "é", "/"), ("a", "1", "/;Secure"), ("a", "1", "x"), ("a", "1", "/\n"), ("__Host-a", "1", "/x"),
        ])
    func setCookieRefused(name: String, value: String, path: String) {
        #expect(throws: HTTPError(.invalid, "")) {
            try SetCookie(name: name, value: value, path: path, isSecure: true)
        }
    }
}
