import FoundationEssentials
import HTTP
import HTTPTypes
import SCEP
import Testing

@testable import Machine
@testable import RemoteUI

/// [Edit Settings for Certificate Issuance Auto Request] sent by a browser to a real machine.
@Suite struct AutoRequestSiteTests {
    private static let path = "/settings/scep/auto"
    private static let secret = "open sesame"

    /// As a browser sends it: a check box that is not ticked is not there.
    private static let form = [
        "enable_timer": "on", "request_start": "2098-12-01T02:00", "polling": "on", "polling_times": "7",
        "polling_interval": "5", "periodic": "on", "request_interval": "30", "restart_device": "on",
        "renewal": "days", "renewal_days": "20", "renewal_percent": "80", "renewal_policy": "renewalReq",
        "renewal_challenge": "on", "key_name": "web", "signature_algorithm": "sha384", "key_length": "3072",
        "organization": "Example", "common_name": "printer.example.com", "change_challenge": "on",
        "challenge_password": secret, "key_use_location": "ipsec", "ipsec_policy": "3",
    ]

    private func browser(isConfigured: Bool = true) async throws -> Browser {
        let browser = try await Browser()
        if isConfigured { try await browser.configureServer() }
        _ = await browser.signIn()
        return browser
    }

    private func form(_ changes: [String: String?]) -> [String: String] {
        var form = Self.form
        for (name, value) in changes { form[name] = value }
        return form
    }

    @Test("T1–T8, T10: what is sent is stored, shown by the overview and by the form, and the next date is told")
    func roundTrip() async throws {
        let browser = try await browser()
        let sent = await browser.submit(Self.path, Self.form, from: Self.path)
        #expect(sent.status == .seeOther)
        #expect(sent.location == "/settings/scep")
        let settings = try await browser.machine.autoRequestSettings()
        #expect(settings.isTimerEnabled && settings.isPollingEnabled && settings.isPeriodic && settings.restartsDevice)
        #expect(!settings.adjustsRequestTime && !settings.deletesOldKey)
        #expect(settings.start == LocalDateTime(year: 2098, month: 12, day: 1, hour: 2, minute: 0))
        #expect(settings.pollingTimes == 7 && settings.pollingInterval == 5 && settings.interval == 30)
        #expect(
            settings.renewal
                == RenewalSettings(trigger: .daysBefore(20), policy: .renewalReq, sendsChallengePassword: true))
        #expect(settings.key?.keyName == "web" && settings.key?.use == .ipsec(policy: 3))
        #expect(try await browser.machine.hasStoredChallengePassword())

        let overview = await browser.get("/settings/scep")
        #expect(overview.text.contains("The settings were changed. Next request: 2098-12-01 02:00"))
        for shown in ["2098-12-01 02:00", "7 times", "5 minutes", "30 days", "SHA384", "IPSec Policy 3"] {
            #expect(overview.text.contains(shown), "\(shown)")
        }
        let page = Markup(await browser.get(Self.path).text)
        for field in page.all("input") where field.attributes["type"] != "hidden" {
            let id = field.attributes["id"] ?? ""
            if field.attributes["type"] == "checkbox" {
                // A tick to change the password is never kept.
                #expect(
                    (field.attributes["checked"] != nil) == (Self.form[id] != nil && id != "change_challenge"), "\(id)")
            } else if id != "challenge_password" {
                #expect(field.attributes["value"] == Self.form[id], "\(id)")
            }
        }
        let selected = page.all("option").filter { $0.attributes["selected"] != nil }
            .compactMap { $0.attributes["value"] }
        #expect(selected == ["30", "days", "renewalReq", "sha384", "3072", "ipsec", "3"])
    }

    @Test("T7: no page ever shows the stored challenge password")
    func secret() async throws {
        let browser = try await browser()
        _ = await browser.submit(Self.path, Self.form, from: Self.path)
        for path in ["/", "/settings/scep", Self.path, "/settings/scep/status", "/settings/scep/request"] {
            let page = await browser.get(path)
            #expect(page.status == .ok && !page.text.contains(Self.secret), "\(path)")
        }
    }

    @Test("T7: the challenge password is kept without a tick, and removed by a tick over an empty field")
    func challenge() async throws {
        let browser = try await browser()
        #expect(await browser.get(Self.path).text.contains("No challenge password is stored."))
        _ = await browser.submit(Self.path, Self.form, from: Self.path)
        let kept = form(["change_challenge": nil, "challenge_password": ""])
        #expect(await browser.submit(Self.path, kept, from: Self.path).status == .seeOther)
        #expect(try await browser.machine.hasStoredChallengePassword())
        let removed = form(["challenge_password": ""])
        #expect(await browser.submit(Self.path, removed, from: Self.path).status == .seeOther)
        #expect(try await !browser.machine.hasStoredChallengePassword())
    }

    @Test("T7: a challenge password that is typed without the tick is not lost without a word")
    func untickedChallenge() async throws {
        let browser = try await browser()
        let refused = await browser.submit(
            Self.path, form(["change_challenge": nil, "key_length": "77"]), from: Self.path)
        #expect(refused.status == .unprocessableContent)
        let page = Markup(refused.text)
        let wrong = page.all("input", "select").filter { $0.attributes["aria-invalid"] == "true" }
            .compactMap { $0.attributes["id"] }
        #expect(wrong == ["key_length", "challenge_password"])
        #expect(refused.text.contains("Tick [Change Challenge Password]"))
        #expect(!refused.text.contains(Self.secret))
        #expect(try await !browser.machine.hasStoredChallengePassword())
    }

    @Test(
        "T7: a challenge password that a refused page has emptied is asked for again; it neither is lost nor removes one"
    )
    func lostChallenge() async throws {
        let browser = try await browser()
        _ = await browser.submit(Self.path, Self.form, from: Self.path)
        let mistake = form(["challenge_password": "another one", "polling_times": "101"])
        let refused = await browser.submit(Self.path, mistake, from: Self.path)
        #expect(refused.text.contains("name=\"challenge_lost\""))
        let mended = form(["challenge_password": "", "challenge_lost": "yes"])
        let again = await browser.submit(Self.path, mended, from: Self.path)
        #expect(again.status == .unprocessableContent)
        #expect(again.text.contains("Enter the challenge password again: it was not kept."))
        #expect(again.text.contains("name=\"challenge_lost\""))
        #expect(try await browser.machine.hasStoredChallengePassword())
        let typed = form(["challenge_password": "another one", "challenge_lost": "yes"])
        #expect(await browser.submit(Self.path, typed, from: Self.path).status == .seeOther)
        let unticked = form(["change_challenge": nil, "challenge_password": "", "challenge_lost": "yes"])
        #expect(await browser.submit(Self.path, unticked, from: Self.path).status == .seeOther)
        let stored = try await browser.machine.store.read { try $0.challengePassword()?.text }
        #expect(stored == "another one")
    }

    @Test("T8: what somebody else has changed since the page was opened is not overwritten without a word")
    func staleForm() async throws {
        let browser = try await browser()
        let first = await browser.get(Self.path)
        #expect(await browser.submit(Self.path, Self.form, from: Self.path).status == .seeOther)
        var stale = form(["common_name": "other.example.com", "challenge_password": "", "change_challenge": nil])
        stale["revision"] = try Self.revision(first.text)
        let refused = await browser.submit(Self.path, stale, from: Self.path)
        #expect(refused.status == .conflict)
        #expect(refused.text.contains("Somebody has changed the settings since this page was opened."))
        #expect(refused.text.contains("value=\"other.example.com\""))
        #expect(try await browser.machine.autoRequestSettings().key?.commonName == "printer.example.com")
        stale["revision"] = try Self.revision(refused.text)
        #expect(await browser.submit(Self.path, stale, from: Self.path).status == .seeOther)
        #expect(try await browser.machine.autoRequestSettings().key?.commonName == "other.example.com")
    }

    private static func revision(_ page: String) throws -> String {
        let field = Markup(page).all("input").first { $0.attributes["name"] == "revision" }
        return try #require(field?.attributes["value"])
    }

    @Test("T8: a form with a mistake changes nothing, and comes back as it was typed without the challenge password")
    func refused() async throws {
        let browser = try await browser()
        let mistakes = form(["request_start": "2001-01-01T00:00", "polling_times": "101", "common_name": "a b"])
        let refused = await browser.submit(Self.path, mistakes, from: Self.path)
        #expect(refused.status == .unprocessableContent)
        #expect(try await browser.machine.autoRequestSettings() == AutoRequestSettings())
        #expect(try await !browser.machine.hasStoredChallengePassword())
        #expect(!refused.text.contains(Self.secret))
        #expect(refused.text.contains("Enter the challenge password again: it was not kept."))
        let page = Markup(refused.text)
        for field in page.all("input") where field.attributes["type"] != "hidden" {
            let id = field.attributes["id"] ?? ""
            if field.attributes["type"] == "checkbox" {
                #expect((field.attributes["checked"] != nil) == (mistakes[id] != nil), "\(id)")
            } else {
                #expect(field.attributes["value"] == (id == "challenge_password" ? "" : mistakes[id]), "\(id)")
            }
            let isWrong = ["request_start", "polling_times", "common_name", "challenge_password"].contains(id)
            #expect((field.attributes["aria-invalid"] == "true") == isWrong, "\(id)")
        }
    }

    @Test(
        "T1: a start that has passed, or is none, is said beside the field",
        arguments: [
            ("2001-01-01T00:00", "This time has passed."), ("2098-02-30T00:00", "Enter a date and time that exists"),
            ("tomorrow", "Enter a date and time that exists"), ("", "Enter this item."),
        ])
    func start(_ start: String, _ said: String) async throws {
        let browser = try await browser()
        let page = await browser.submit(Self.path, form(["request_start": start]), from: Self.path)
        #expect(page.status == .unprocessableContent)
        let error = Markup(page.text).tags.firstIndex { $0.attributes["id"] == "request_start-error" }
        #expect(error.map { Markup(page.text).tags[$0...].prefix(3).contains { $0.text.hasPrefix(said) } } == true)
    }

    @Test("The timer is refused without a server and without a CA, with the way out; nothing is changed")
    func refusals() async throws {
        for (isConfigured, link) in [(false, "/settings/scep/communication"), (true, "/settings/scep")] {
            let browser = try await browser(isConfigured: false)
            if isConfigured { try await browser.configureServer(hasFingerprint: false) }
            let before = await browser.get(Self.path)
            let refused = await browser.submit(Self.path, Self.form, from: Self.path)
            #expect(before.status == .ok && refused.status == .conflict)
            for page in [before, refused] {
                let said = page.text.split(separator: "class=\"notice").dropFirst().first?.prefix { $0 != "\n" } ?? ""
                #expect(said.contains("The timer cannot be switched on"))
                #expect(said.contains("href=\"\(link)\""))
            }
            #expect(refused.text.contains("value=\"printer.example.com\""))
            #expect(!refused.text.contains(Self.secret))
            #expect(try await browser.machine.autoRequestSettings() == AutoRequestSettings())
        }
    }

    @Test("T8: turning the timer off says that nothing is scheduled; the settings stay")
    func off() async throws {
        let browser = try await browser()
        _ = await browser.submit(Self.path, Self.form, from: Self.path)
        #expect(await browser.get("/settings/scep/status").text.contains("To Be Processed"))
        _ = await browser.submit(
            Self.path, form(["enable_timer": nil, "change_challenge": nil, "challenge_password": ""]), from: Self.path)
        let overview = await browser.get("/settings/scep").text
        #expect(overview.contains("The timer is off: nothing is scheduled."))
        #expect(!overview.contains("To Be Processed"))
        #expect(try await browser.machine.autoRequestSettings().key?.keyName == "web")
    }

    @Test("What a change did is told in one sentence for each case, in every language", arguments: [true, false])
    func results(_ stoppedRequest: Bool) throws {
        let catalogue = try Catalogue(folder: "\(Renderings.package)/Templates/strings")
        let routes = AutoRequestRoutes(times: LocalTime(zone: .fixed(seconds: 0)))
        let now = Date(timeIntervalSince1970: 0)
        for language in catalogue.languages {
            let text = catalogue[language]
            let said = [(true, now), (true, nil), (false, nil)].map { isTimerEnabled, next in
                let flash = routes.result(
                    AutoRequestChange(
                        isTimerEnabled: isTimerEnabled, nextRequest: next, stoppedRequest: stoppedRequest))
                return text.fill(flash.key, flash.arguments)
            }
            #expect(Set(said).count == 3)
            #expect(said.allSatisfy { !$0.contains("{") && !$0.hasPrefix("auto.") })
        }
    }
}
