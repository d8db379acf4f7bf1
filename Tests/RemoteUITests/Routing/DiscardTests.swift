import FoundationEssentials
import PKI
import Testing

@testable import Machine
@testable import RemoteUI

@Suite("[Check Again] and [Discard] while the timer goes on (I8)") struct DiscardTests {
    private static let discard = "/settings/scep/request/discard"
    private static let key = Result { try PrivateKey.generate(.rsa(bits: 2048)) }

    /// Somebody who is signed in at a machine whose timer is on.
    private func manager() async throws -> Browser {
        let browser = try await Browser()
        try await browser.configureServer()
        _ = await browser.signIn()
        try await browser.enableTimer()
        return browser
    }

    /// A request of the timer that is polled.
    private func polled(_ browser: Browser, _ name: String) async throws -> IssuanceID {
        try await browser.machine.store.write { tables in
            let now = Date()
            let number = try tables.history.add(
                keyName: name, status: .processing, outcome: IssuanceOutcome(.deferred, .deferred), isManual: false,
                at: now)
            let id = try tables.issuances.create(keyName: name, use: .none, historyNumber: number, at: now)
            try tables.issuances.setAutomatic(
                id, key: AutoRequestKey(keyName: name, commonName: "printer.example"), target: .occurrence(0), at: now)
            let keyID = try tables.keys.insert(name: name, key: Self.key.get(), certificate: nil, use: .none, at: now)
            try tables.issuances.setKey(keyID, of: id)
            let record = try #require(try tables.issuances.record(id))
            try tables.issuances.setState(.polling, record.steps, of: id)
            return id
        }
    }

    private func end(_ id: IssuanceID, _ browser: Browser) async throws {
        try await browser.machine.store.write { tables in
            let record = try #require(try tables.issuances.record(id))
            try tables.issuances.setState(.succeeded, record.steps, of: id)
        }
    }

    @Test("What was asked about is discarded, not what the timer has begun meanwhile")
    func anotherRequest() async throws {
        let browser = try await manager()
        let first = try await polled(browser, "first")
        let page = await browser.get(Self.discard)
        #expect(page.text.contains("first"))
        try await end(first, browser)
        let second = try await polled(browser, "second")
        for path in [Self.discard, "/settings/scep/request/check-again"] {
            let fields = ["token": browser.token(in: page), "subject": String(first.rawValue)]
            _ = await browser.post(path, fields)
            #expect(try await browser.machine.issuance(second)?.state == .polling, "\(path)")
        }
        let fields = ["token": browser.token(in: page), "subject": String(second.rawValue)]
        #expect(await browser.post(Self.discard, fields).location == "/settings/scep")
        #expect(try await browser.machine.issuance(second)?.state == .failed)
    }

    @Test("While the server is asked nothing is discarded, and the page says why", arguments: ["en", "ja"])
    func underWay(language: String) async throws {
        let browser = try await manager()
        browser.fields[.acceptLanguage] = language
        let id = try await polled(browser, "first")
        let page = await browser.get(Self.discard)
        try await browser.machine.store.write { tables in
            try tables.beginPoll(try #require(try tables.issuances.record(id)), by: .machine, at: Date())
        }
        let sentence = language == "en" ? "The server is being asked at this moment." : "現在サーバーに問い合わせています。"
        let fields = ["token": browser.token(in: page), "subject": String(id.rawValue)]
        for path in [Self.discard, "/settings/scep/request/check-again"] {
            let answer = await browser.post(path, fields)
            #expect(await browser.get(answer.location ?? "/").text.contains(sentence), "\(path)")
        }
        let asked = await browser.get(Self.discard)
        #expect(asked.location == "/settings/scep/request/progress")
        #expect(await browser.get("/settings/scep/request/progress").text.contains(sentence))
        #expect(try await browser.machine.issuance(id)?.state == .running)
    }
}
