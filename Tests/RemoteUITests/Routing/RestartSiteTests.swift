import FoundationEssentials
import PKI
import Testing

@testable import Machine
@testable import RemoteUI

@Suite("What a restart does with the keys, said before it (P3, T6)") struct RestartSiteTests {
    private static let key = Result { try PrivateKey.generate(.rsa(bits: 2048)) }

    /// A machine with a key that an administrator requested, and a newer one of the timer that waits for the restart.
    private func manager(_ use: KeyUse = .tls, replacesOld: Bool = true) async throws -> Browser {
        let browser = try await Browser()
        try await add("by-hand", use, to: browser)
        try await browser.machine.putPendingKeysInService()
        try await add("by-timer", use, to: browser) { tables, id in
            try tables.keys.setAutomatic(id, replacesOld: replacesOld, restartsDevice: false)
        }
        _ = await browser.signIn()
        return browser
    }

    private func add(
        _ name: String, _ use: KeyUse, to browser: Browser,
        _ change: @escaping @Sendable (Tables, Int) throws -> Void = { _, _ in }
    ) async throws {
        let key = try Self.key.get()
        let now = Date()
        let certificate = try CertificateTemplate(
            subject: try Name(commonName: "printer.example"), publicKey: key.publicKey, serialNumber: [1],
            notBefore: now.addingTimeInterval(-60), notAfter: now.addingTimeInterval(86_400)
        ).selfSigned(with: key, digest: .sha256)
        try await browser.machine.store.write { tables in
            let id = try tables.keys.insert(name: name, key: key, certificate: nil, use: use, at: now)
            try tables.keys.setCertificate(certificate, chain: [], of: id)
            try change(tables, id)
        }
    }

    @Test("T6: the banner, the restart page and the keys page name the key that goes", arguments: ["en", "ja"])
    func deleted(language: String) async throws {
        let browser = try await manager()
        browser.fields[.acceptLanguage] = language
        let old = language == "en" ? "by-hand (requested by hand)" : "by-hand(手動で要求した鍵)"
        #expect(await browser.get("/").text.contains(old), "the banner")
        let page = await browser.get("/settings/restart").text
        #expect(page.split(separator: old).count - 1 == 3, "banner, warning, facts")
        #expect(page.contains("class=\"danger\""))
        let note = language == "en" ? "Deleted at the restart: by-timer takes its place" : "再起動時に削除(「by-timer」に置き換え)"
        #expect(await browser.get("/settings/keys").text.contains(note))
        #expect(await browser.get("/settings/keys/by-hand").text.contains(note))
    }

    @Test("T6: nothing is said to go when nothing does")
    func kept() async throws {
        let browser = try await manager(replacesOld: false)
        let page = await browser.get("/settings/restart").text
        #expect(!page.contains("by-hand"))
        #expect(!page.contains("class=\"danger\""))
        #expect(!(await browser.get("/settings/keys").text.contains("Deleted at the restart")))
    }

    @Test("K4: who deletes a key that waits for the restart is told what is lost with it", arguments: ["en", "ja"])
    func deletingPending(language: String) async throws {
        let browser = try await manager()
        browser.fields[.acceptLanguage] = language
        let lost = language == "en" ? "the restart for this key falls away" : "この鍵のための再起動は不要になります"
        #expect(await browser.get("/settings/keys/by-timer/delete").text.contains(lost))
        #expect(!(await browser.get("/settings/keys/Default%20Key/delete").text.contains(lost)))
    }

    @Test("I6: for a function that this version does not have no service is promised", arguments: ["en", "ja"])
    func noSuchFunction(language: String) async throws {
        let browser = try await manager(.ieee8021X)
        browser.fields[.acceptLanguage] = language
        let page = await browser.get("/settings/restart").text
        #expect(page.contains(language == "en" ? "This version does not hand keys" : "このバージョンでは"))
        #expect(!page.contains(language == "en" ? "takes its place in service" : "使用開始"))
        #expect(!page.contains(language == "en" ? "another certificate" : "証明書が変わる"), "TLS stays as it is")
    }
}
