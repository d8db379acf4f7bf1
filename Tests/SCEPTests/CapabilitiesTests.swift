import Foundation
import PKI
import SCEP
import Testing

@Suite struct CapabilitiesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        let body: String
        var server: String?
        let cipher: ContentCipher
        let digest: DigestAlgorithm
        let method: AlgorithmChoice.Method
        var testDescription: String { id }
    }

    static let ndes = "POSTPKIOperation\r\nRenewal\r\nSHA-512\r\nSHA-256\r\nSHA-1\r\nDES3"

    @Test(
        "A capability list chooses the algorithms",
        arguments: [
            Case(
                id: "C1: LF list without final newline (micromdm)",
                body: "Renewal\nSHA-1\nSHA-256\nAES\nDES3\nSCEPStandard\nPOSTPKIOperation", cipher: .aes128CBC,
                digest: .sha256, method: .post),
            Case(
                id: "C2: CRLF list (step-ca)", body: "Renewal\r\nSHA-1\r\nSHA-256\r\nAES\r\nPOSTPKIOperation\r\n",
                cipher: .aes128CBC, digest: .sha256, method: .post),
            Case(
                id: "C3: mixed case, blanks, blank lines, duplicates, unknown tokens",
                body: "\n  aEs \n\n\tsha-256\npostPKIoperation\nAES\nX-1\nX-2\n"
                    + (3...30).map { "X-\($0)" }.joined(separator: "\n"),
                cipher: .aes128CBC, digest: .sha256, method: .post),
            Case(
                id: "C4: one line separated by blanks, NUL at the end", body: "GetNextCACert Renewal AES SHA-256\0",
                cipher: .aes128CBC, digest: .sha256, method: .get),
            Case(
                id: "C4: separated by commas", body: "AES, SHA-512,POSTPKIOperation", cipher: .aes128CBC,
                digest: .sha512, method: .post),
            Case(id: "C5: empty 200", body: "", cipher: .des3CBC, digest: .sha1, method: .get),
            Case(
                id: "C8: only SCEPStandard", body: "SCEPStandard", cipher: .aes128CBC, digest: .sha256, method: .post),
            Case(id: "C9: only SHA-512", body: "SHA-512", cipher: .des3CBC, digest: .sha512, method: .get),
            Case(id: "C9: only DES3", body: "DES3", cipher: .des3CBC, digest: .sha1, method: .get),
            Case(
                id: "C9: no digest token", body: "AES\nPOSTPKIOperation", cipher: .aes128CBC, digest: .sha1,
                method: .post),
            Case(
                id: "C9: SHA-256 is the floor where it is listed beside stronger", body: "SHA-512\nSHA-256\nSHA-1",
                cipher: .des3CBC, digest: .sha256, method: .get),
            Case(
                id: "C10: prefixes of keywords do not match", body: "S\nSHA\nSHA-\nAE\nPOST\nSCEP\nSHA-2\nDES",
                cipher: .des3CBC, digest: .sha1, method: .get),
            Case(
                id: "C10: extensions of keywords do not match", body: "AESX\nSHA-2567\nSCEPStandards",
                cipher: .des3CBC, digest: .sha1, method: .get),
            Case(
                id: "C11: NDES list on IIS/10.0", body: ndes, server: "Microsoft-IIS/10.0", cipher: .des3CBC,
                digest: .sha256, method: .post),
            Case(
                id: "C11: the same list on IIS/8.5 gets GET", body: ndes, server: "Microsoft-IIS/8.5",
                cipher: .des3CBC, digest: .sha256, method: .get),
            Case(
                id: "C11: NDES 2008 R2 without a list", body: "", server: "Microsoft-IIS/7.5", cipher: .des3CBC,
                digest: .sha1, method: .get),
            Case(
                id: "C11: AES on IIS/8.5 is not believed", body: "AES\nPOSTPKIOperation", server: "Microsoft-IIS/8.5",
                cipher: .des3CBC, digest: .sha1, method: .get),
        ])
    func choice(_ row: Case) throws {
        let capabilities = try Capabilities(body: Array(row.body.utf8), server: row.server)
        #expect(
            capabilities.choice() == AlgorithmChoice(cipher: row.cipher, digest: row.digest, method: row.method))
    }

    @Test("C3: tokens are kept once each, as the server wrote them")
    func tokens() throws {
        let capabilities = try Capabilities(body: Array("AES\naes\nSHA-256\n\u{1}x\nü\nRenewal".utf8))
        #expect(capabilities.tokens == ["AES", "SHA-256", "Renewal"])
        #expect(capabilities.supportsRenewal && !capabilities.supportsGetNextCACert && capabilities.source == .listed)
    }

    @Test(
        "C7: a web page with status 200 is not a SCEP server",
        arguments: [
            "<!DOCTYPE html><html><body>Sign in</body></html>", "\r\n  <html>", "\u{feff}<?xml version=\"1.0\"?>",
            String(repeating: "AES\n", count: 257),
        ])
    func webPage(_ body: String) {
        #expect(code { _ = try Capabilities(body: Array(body.utf8)) } == .notSCEPServer)
    }

    @Test("C5: the administrator's word on method and cipher stands above the list, single DES excepted")
    func overridden() {
        let unknown = Capabilities(unknown: .closed)
        #expect(
            unknown.choice(method: .post, cipher: .aes256CBC)
                == AlgorithmChoice(cipher: .aes256CBC, digest: .sha1, method: .post))
        #expect(unknown.choice(cipher: .desCBC).cipher == .des3CBC)
    }

    @Test("Stored capabilities come back the same", arguments: [Capabilities(unknown: .httpStatus(404), server: "x")])
    func stored(_ capabilities: Capabilities) throws {
        #expect(try JSONDecoder().decode(Capabilities.self, from: JSONEncoder().encode(capabilities)) == capabilities)
    }

    @Test("A choice is named as an administrator knows its parts")
    func words() {
        let choice = AlgorithmChoice(cipher: .aes128CBC, digest: .sha256, method: .post)
        #expect("\(choice)" == "POST, AES-128-CBC, SHA-256")
        #expect("\(AlgorithmChoice(cipher: .des3CBC, digest: .sha1, method: .get))" == "GET, 3DES-CBC, SHA-1")
    }
}
