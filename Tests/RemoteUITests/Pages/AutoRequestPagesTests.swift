import FoundationEssentials
import SCEP
import Testing

@testable import Machine
@testable import RemoteUI

/// The auto request on the pages, with the words of the manuals (T1–T10, S1).
@Suite struct AutoRequestPagesTests {
    private let renderings: Renderings
    private let samples: Samples
    private var english: Texts { renderings.catalogue[.english] }

    init() throws {
        renderings = try Renderings()
        samples = try Samples("text")
    }

    private func page(_ name: String) throws -> Markup {
        let found = try #require(try samples.pages(english).first { $0.name == name }, "\(name)")
        return Markup(try renderings.html(found.page, .english, device: "text"))
    }

    private func hint(_ id: String, _ page: Markup) -> String {
        page.tags.first { $0.attributes["id"] == "\(id)-hint" }?.text ?? ""
    }

    @Test("The form has every item of T1 to T7 with the manuals' words, each tied to its field")
    func labels() throws {
        let page = try page("auto")
        let labels = [
            "enable_timer": "Enable Timer for Certificate Issuance Auto Request",
            "request_start": "Request Start Date/Time:",
            "adjust_time": "Auto Adjust Issuance Request Time",
            "polling":
                "Perform Polling When Communication Error Occurs or When Issuance Request Is Deferred",
            "periodic": "Send Periodic Issuance Requests",
            "request_interval": "Request Interval: Every:",
            "restart_device": "Automatically Restart Device After Acquiring Certificate",
            "delete_old": "Delete Old Key and Certificate",
            "key_name": "Key Name", "signature_algorithm": "Signature Algorithm", "key_length": "Key Length (bit)",
            "organization": "Organization", "common_name": "Common Name", "challenge_password": "Challenge Password",
            "change_challenge": "Change Challenge Password", "key_use_location": "Key Use Location",
        ]
        for (id, label) in labels { #expect(page.label(for: id) == label) }
        for id in [
            "polling_times", "polling_interval", "renewal", "renewal_days", "renewal_percent", "renewal_policy",
            "renewal_challenge", "ipsec_policy",
        ] {
            #expect(page.label(for: id)?.isEmpty == false, "\(id)")
        }
        #expect(page.all("h1").map(\.text) == ["Edit Settings for Certificate Issuance Auto Request"])
        #expect(page.all("h2").contains { $0.text == "Settings for Key and Certificate To Be Issued" })
        #expect(page.all("button").map(\.text).contains("OK"))
    }

    @Test("The form shows what is set: every field of the settings is a value on the page")
    func values() throws {
        let page = try page("auto")
        let fields = Dictionary(
            page.all("input").map { ($0.attributes["id"] ?? "", $0.attributes) },
            uniquingKeysWith: { first, _ in first })
        #expect(fields["request_start"]?["type"] == "datetime-local")
        #expect(fields["request_start"]?["value"] == "2027-03-14T02:30")
        for id in [
            "enable_timer", "adjust_time", "polling", "periodic", "restart_device", "delete_old", "renewal_challenge",
            "change_challenge",
        ] {
            #expect(fields[id]?["type"] == "checkbox" && fields[id]?["checked"] != nil, "\(id)")
        }
        #expect(fields["polling_times"]?["value"] == "10")
        #expect(fields["polling_interval"]?["value"] == "1")
        #expect(fields["renewal_days"]?["value"] == "30")
        #expect(fields["renewal_percent"]?["value"] == "80")
        #expect(fields["challenge_password"]?["value"] == "")
        let selected = page.all("option").filter { $0.attributes["selected"] != nil }
            .compactMap { $0.attributes["value"] }
        #expect(selected == ["30", "percent", "automatic", "sha256", "2048", "none", ""])
    }

    @Test("No field hangs on a script: nothing is hidden or disabled, whatever is switched off")
    func withoutScript() throws {
        let page = try page("auto")
        for field in page.all("input", "select", "button") {
            #expect(field.attributes["disabled"] == nil && field.attributes["hidden"] == nil)
        }
    }

    @Test("Beside the start stand the machine's own time and its distance from UTC (T1)")
    func clock() throws {
        #expect(
            try hint("request_start", page("auto")).hasPrefix(
                "The clock of this device now shows 2026-11-21 23:06 (UTC+09:00)."))
    }

    @Test("The page says whether a challenge password is stored, and how one is removed (T7)")
    func challenge() throws {
        #expect(try hint("change_challenge", page("auto")).hasPrefix("No challenge password is stored."))
        let stored = try hint("change_challenge", page("auto-wrong"))
        #expect(stored.hasPrefix("A challenge password is stored.") && stored.contains("removed"))
    }

    @Test("Every problem stands beside its field and in the summary")
    func problems() throws {
        let page = try page("auto-wrong")
        let wrong = page.all("input", "select").filter { $0.attributes["aria-invalid"] == "true" }
            .compactMap { $0.attributes["id"] }
        #expect(
            wrong == [
                "request_start", "polling_times", "polling_interval", "request_interval", "renewal", "renewal_days",
                "renewal_percent", "renewal_policy", "key_name", "signature_algorithm", "key_length", "organization",
                "common_name", "challenge_password", "key_use_location", "ipsec_policy",
            ])
        #expect(wrong.count == Samples.autoFields.count)
        for id in wrong { #expect(page.all("a").contains { $0.attributes["href"] == "#\(id)" }, "\(id)") }
    }

    @Test("The advice on renewal names each family of servers (T10)")
    func servers() throws {
        let names = try page("auto").all("dt").map(\.text)
        for name in ["Windows (NDES)", "micromdm/scep", "step-ca", "EJBCA", "Dogtag", "Cisco IOS", "OpenXPKI"] {
            #expect(names.contains(name))
        }
    }

    @Test("The overview shows every item of the form, read-only, with [Edit] and what comes next (T4)")
    func overview() throws {
        let page = try page("scep")
        let names = Set(page.all("dt").map(\.text))
        let form = AutoRequestForm(
            form: samples.autoForm(), isChallengeStored: true, legacyMode: false, now: samples.now,
            times: samples.times, text: english)
        let shown = Set(form.all.map(\.id)).subtracting([
            // The renewal's two numbers are in its words, the IPSec policy in the use; a tick is no setting.
            "renewal_days", "renewal_percent", "ipsec_policy", "change_challenge",
        ])
        for field in form.all where shown.contains(field.id) { #expect(names.contains(field.label), "\(field.id)") }
        #expect(names.contains("Next Request Date/Time:"))
        #expect(page.all("time").contains { $0.text == "2026-12-01 23:06" })
        #expect(page.tags.contains { $0.text == "Stored (not shown)" })
        #expect(page.tags.contains { $0.text.hasSuffix("Polling 2 of 10, next at 2026-11-21 23:07") })
        #expect(page.all("form").filter { $0.attributes["action"] == "/settings/scep/auto" }.count == 1)
    }

    @Test(
        "With the timer on and nothing to come, the overview says that nothing more is scheduled, or that the clock is not set (T1)"
    )
    func nothingMore() throws {
        func next(isTimerEnabled: Bool, isClockSet: Bool = true) throws -> Fact.Content {
            var settings = try samples.autoRequest()
            settings.isTimerEnabled = isTimerEnabled
            return AutoRequestFacts(
                settings: settings,
                state: AutoRequestState(
                    isTimerEnabled: isTimerEnabled, isClockSet: isClockSet, nextRequest: nil, current: nil,
                    lastSuccess: nil),
                isChallengeStored: false, times: samples.times, text: english
            ).next.content
        }
        guard case .text("Nothing more is scheduled") = try next(isTimerEnabled: true) else {
            Issue.record("with the timer on")
            return
        }
        guard case .text(let words) = try next(isTimerEnabled: true, isClockSet: false), words.contains("not set")
        else {
            Issue.record("with a clock that is not set")
            return
        }
        guard case .text("-") = try next(isTimerEnabled: false) else {
            Issue.record("with the timer off")
            return
        }
    }

    @Test("The status has what is to be processed on top, then what is polled with the next time (S1)")
    func status() throws {
        let page = try page("status")
        let words = page.tags.filter { $0.attributes["class"] == "dot" && !$0.isClosing }
        #expect(words.count >= 3)
        let statuses = page.tags.enumerated().filter { $0.element.attributes["class"] == "dot" }
            .map { page.tags[$0.offset + 1].text }
        #expect(Array(statuses.prefix(3)) == ["To Be Processed", "Successful", "Processing..."])
        #expect(page.all("time").first { $0.text.hasPrefix("2026") }?.text == "2026-12-01 23:06")
        #expect(page.all("span").contains { $0.text == "Polling 2 of 10, next at 2026-11-21 23:07" })
        #expect(
            page.all("span").contains { $0.text.hasPrefix("0x80094012 (") },
            "the server's code stands beneath the details")
    }

    @Test("The details of an entry say automatic or by hand, the transaction, the polls and what the code means")
    func details() throws {
        let manual = try page("status-details")
        #expect(manual.all("dd").contains { $0.text == "Manual request" })
        #expect(manual.all("dd").contains { $0.text.hasPrefix("0x80094012") })
        #expect(
            manual.all("p").contains {
                $0.text.contains("0x80094012 (The permissions on the certificate template do not allow enrolment)")
            })
        let automatic = try page("status-polling")
        #expect(automatic.all("dd").contains { $0.text == "Auto request" })
        #expect(automatic.all("dd").contains { $0.text == "5f1c0a7e93d2b84410ce55aa" })
        #expect(automatic.all("dd").contains { $0.text == "Polling 2 of 10, next at 2026-11-21 23:07" })
    }

    @Test(
        "A polled request is named automatic and says when it is next; it can be checked again now, or discarded")
    func progress() throws {
        let expected: [(String, [String])] = [
            ("progress-polling", ["Check Again", "Discard"]), ("progress-poll-under-way", []),
            ("progress-waiting", ["Check Again", "Discard"]),
            ("progress-failed-automatic", []),
        ]
        for (name, buttons) in expected {
            let page = try page(name)
            // The banner of the frame has a [Restart] of its own.
            #expect(Array(page.all("button").map(\.text).dropFirst(4).filter { $0 != "Back" }) == buttons, "\(name)")
            #expect(page.all("p").contains { $0.text == "Auto request" }, "\(name)")
        }
        #expect(try page("progress-polling").tags.contains { $0.text == "Polling 2 of 10, next at 2026-11-21 23:07" })
        #expect(try page("progress-poll-under-way").tags.contains { $0.text == "Polling 3 of 10, asking now" })
        #expect(try page("progress-deferred").all("p").contains { $0.text == "Manual request" })
    }

    @Test("After an automatic request the page says who restarts the device (T5)")
    func restart() throws {
        for (name, said) in [
            ("progress-succeeded", "Restart the device "),
            ("progress-succeeded-automatic", "The device restarts by itself "),
        ] {
            #expect(try page(name).all("p").contains { $0.text.hasPrefix(said) }, "\(name)")
        }
    }

    @Test("A restart ends a request by hand that generates its key; an automatic one goes on (I7, T9)")
    func restartDuringRequest() {
        for (isManual, isStored, said) in [
            (true, false, "A restart now ends that request"), (true, true, "It goes on after the restart."),
            (false, false, "It goes on after the restart."), (false, true, "It goes on after the restart."),
        ] {
            let running = IssuanceProgress(
                id: IssuanceID(rawValue: 1), keyName: "web", use: .tls, state: .running,
                steps: [.init(.key, isStored ? .done : .running)], startedAt: samples.now, askedAt: nil, history: nil,
                isManual: isManual, polling: nil)
            #expect(RestartRoutes.whatBecomes(of: running, english).contains(said))
        }
    }

    @Test(
        "The days of a renewal are counted as a person would", arguments: [(1, "1 day before"), (30, "30 days before")])
    func renewalDays(_ days: Int, _ said: String) throws {
        var settings = try samples.autoRequest()
        settings.renewal.trigger = .daysBefore(days)
        let facts = AutoRequestFacts(
            settings: settings, state: samples.autoState(nil), isChallengeStored: false, times: samples.times,
            text: english)
        #expect(
            facts.items.contains {
                if case .text(let text) = $0.content { return text.hasPrefix(said) }
                return false
            })
    }

    @Test("An automatic request that waits is said to be taken up by the timer only while the timer is on (T8)")
    func takenUp() throws {
        for (name, isSaid) in [
            ("progress-waiting", true), ("progress-waiting-off", false), ("progress-deferred", false),
        ] {
            #expect(try page(name).tags.contains { $0.text.contains("it is taken up again by itself") } == isSaid)
        }
    }

    @Test("While a request is open, the form says what becomes of it")
    func underWay() throws {
        let entry = samples.entry(5, .processing)
        let said = IssuanceProgress.State.allCases.map { state in
            AutoRequestRoutes.underWay(samples.progress(state, entry), english)?.reason
        }
        #expect(said.map { $0 != nil } == [true, true, true, false, false])
        #expect(said[0] == said[2] && said[0] != said[1], "running and polling go on as they were begun")
        #expect(said[1]?.contains("taken up again") == true)
    }

    @Test("The portal shows the next request to the System Manager, and only on or off to a general user (P1, L6)")
    func portal() throws {
        #expect(try page("portal").all("dt").contains { $0.text == "Next Request Date/Time:" })
        let general = try page("portal-general")
        #expect(!general.all("dt").contains { $0.text == "Next Request Date/Time:" })
        #expect(general.all("dt").contains { $0.text == "Settings for Certificate Issuance Auto Request" })
        #expect(!general.all("time").contains { $0.text == "2026-12-01 23:06" })
    }

    @Test("What stands in the way of the timer is said with the way out", arguments: ["auto-noticed", "auto-refused"])
    func obstacles(_ name: String) throws {
        let page = try page(name)
        let notice = try #require(
            page.tags.firstIndex {
                $0.attributes["class"]?.hasPrefix("notice notice-") == true
                    && $0.attributes["role"] != "status"
            })
        let said = page.tags[notice...].prefix { $0.name != "form" }
        let link = name == "auto-noticed" ? "/settings/scep/communication" : "/settings/scep/request/progress"
        #expect(said.contains { $0.name == "a" && $0.attributes["href"] == link })
    }
}
