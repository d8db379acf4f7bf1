import SCEP
import Testing

@testable import Machine
@testable import RemoteUI

/// Labels, routes and menu as the manuals and the specification name them.
@Suite struct PagesTests {
    private let renderings: Renderings
    private let samples: Samples

    init() throws {
        renderings = try Renderings()
        samples = try Samples("text")
    }

    private func page(_ name: String) throws -> Markup {
        let found = try #require(
            try samples.pages(renderings.catalogue[.english]).first { $0.name == name }, "\(name)")
        return Markup(try renderings.html(found.page, .english, device: "text"))
    }

    @Test("The request form has the labels of I1, each tied to its field")
    func requestLabels() throws {
        let page = try page("request")
        let labels = [
            "key_name": "Key Name", "signature_algorithm": "Signature Algorithm", "key_length": "Key Length (bit)",
            "organization": "Organization", "common_name": "Common Name", "challenge_password": "Challenge Password",
            "key_use_location": "Key Use Location",
        ]
        for (id, label) in labels { #expect(page.label(for: id) == label) }
        #expect(page.tags.contains { $0.text.hasPrefix("(Key Usage)") })
        let send = try #require(page.all("button").first { $0.text == "Send Request" })
        let described = try #require(send.attributes["aria-describedby"])
        #expect(page.tags.first { $0.attributes["id"] == described }?.text.contains("up to 7 seconds") == true)
    }

    @Test("SHA1 and 1024 bits are offered in legacy mode only, and the defaults come first (I1)")
    func choices() {
        func options(_ legacyMode: Bool) -> [[String]] {
            RequestForm(form: IssuanceRequest.Form(), legacyMode: legacyMode, text: renderings.catalogue[.english])
                .key.dropFirst().map { field in
                    if case .choice(let options) = field.kind { options.map(\.value) } else { [] }
                }
        }
        #expect(options(false) == [["sha256", "sha384", "sha512"], ["2048", "3072", "4096"]])
        #expect(options(true) == [["sha256", "sha384", "sha512", "sha1"], ["2048", "3072", "4096", "1024"]])
    }

    @Test("The overview has a button for each block that has a page (A and B find their way)")
    func overview() throws {
        let page = try page("scep-empty")
        let buttons = page.all("button").map(\.text)
        #expect(buttons.contains("Edit"))
        #expect(buttons.contains("Certificate Issuance Request"))
        #expect(!buttons.contains("Test Connection"), "there is nothing to test before a server is set")
        let links = page.all("a").map(\.text)
        for name in ["Communication Settings", "Certificate Issuance Request", "Certificate Issuance Request Status"] {
            #expect(links.contains(name))
        }
    }

    @Test("A deferred request offers [Check Again] and [Discard], a successful one [Restart] (I3, I8)")
    func results() throws {
        let expected: [(String, [String])] = [
            ("progress-running", []), ("progress-deferred", ["Check Again", "Discard"]),
            ("progress-succeeded", ["Restart"]), ("progress-failed", ["New Request"]),
        ]
        for (name, buttons) in expected {
            // The banner of the frame has a [Restart] of its own.
            let own = try page(name).all("button").map(\.text).dropFirst(4).filter { $0 != "Back" }
            #expect(Array(own) == buttons, "\(name)")
        }
    }

    @Test("One click accepts the first CA; another than the accepted one is warned of first, and asked about (C6)")
    func authorities() throws {
        let shown = samples.summary.fingerprint.text
        let formerly = Fingerprint(of: samples.certificate).text
        func actions(_ page: Markup) -> [String] { page.all("form").compactMap { $0.attributes["action"] } }
        let first = try page("connection-test")
        #expect(actions(first).contains("/settings/scep/ca/accept"))
        #expect(!actions(first).contains("/settings/scep/ca/replace"))
        let accepted = actions(try page("connection-test-accepted"))
        #expect(!accepted.contains { $0.hasPrefix("/settings/scep/ca/") })
        let changed = try page("connection-test-changed")
        #expect(!actions(changed).contains("/settings/scep/ca/accept"))
        #expect(actions(changed).contains("/settings/scep/ca/replace"))
        let texts = changed.tags.map(\.text)
        let warning = try #require(texts.firstIndex(of: "This is not the CA that was accepted"))
        let both = try [formerly, shown].map { try #require(texts.firstIndex(of: $0)) }
        let steps = try #require(changed.tags.firstIndex { $0.attributes["class"] == "steps" })
        #expect(warning < both[0] && both[0] < both[1] && both[1] < steps)
        // The box stands at the CA's own certificate, with its fingerprint once more, before those of others.
        for page in [first, changed] {
            let box = try #require(page.tags.firstIndex { $0.text == "Accept This CA" })
            let boxed = try #require(page.tags[..<box].lastIndex { $0.text == shown })
            let heads = page.tags.enumerated().filter { $0.element.name == "h3" && !$0.element.isClosing }.map(\.offset)
            let other = try #require(heads.last)
            #expect(box < other && boxed < box)
            #expect(page.tags[boxed - 2].text == "SHA-256 Fingerprint")
        }
        #expect(!texts.contains { $0.contains("Thumbprint") })
    }

    @Test("What a page tells somebody to do elsewhere has a link to there")
    func links() throws {
        func hrefs(_ page: Markup) -> [String] {
            let main = page.tags.firstIndex { $0.name == "main" } ?? 0
            return page.tags[main...].filter { $0.name == "a" }.compactMap { $0.attributes["href"] }
        }
        #expect(hrefs(try page("portal")).contains("/settings/scep/status"))
        #expect(!hrefs(try page("portal-general")).contains { $0.hasPrefix("/settings") })
        #expect(hrefs(try page("keys")).contains("/settings/scep/request/progress"))
        #expect(hrefs(try page("key-waiting")).contains("/settings/scep/request/progress"))
    }

    @Test("The confirmation names the server with its port, for a person to see where the request goes (C4)")
    func confirmation() throws {
        let tags = try page("confirm").tags
        #expect(tags.contains { $0.text == "SCEP Server" })
        #expect(tags.contains { $0.text == "http://ca.example.com:80/certsrv/mscep/mscep.dll" })
    }

    @Test("Settings are for System Managers, the portal for everybody who is signed in (L6)")
    func access() {
        for route in Pages(zone: .fixed(seconds: 0)).set.routes {
            let expected: Access =
                switch route.path {
                case "/setup": .beforeSetUp
                case "/login", "/restarting": .anyone
                case "/": .signedIn
                default: .systemManager
                }
            #expect(route.access == expected, "\(route.method) \(route.path)")
        }
    }

    @Test("Every entry of the menu is a page (P2)")
    func menu() {
        let paths = Set(Pages(zone: .fixed(seconds: 0)).set.routes.filter { $0.method == .get }.map(\.path))
        for group in Pages.menu.groups {
            for item in group.items { #expect(paths.contains(item.path), "\(item.path)") }
        }
    }

    @Test("The locked form says why, leads to the reason and cannot be sent (C3, I4)")
    func locked() throws {
        for (name, button) in [("request-locked", "Send Request"), ("form", "OK")] {
            let page = try page(name)
            let send = try #require(page.all("button").first { $0.text == button }, "\(name)")
            #expect(send.attributes["disabled"] != nil, "\(name)")
            let notice = try #require(page.tags.firstIndex { $0.attributes["class"] == "notice notice-warning" })
            let said = page.tags[notice...].prefix { $0.name != "form" }
            #expect(said.contains { $0.name == "p" && $0.text == "text" }, "\(name)")
            #expect(said.contains { $0.name == "a" && $0.attributes["href"] == "/settings/scep" }, "\(name)")
        }
    }
}
