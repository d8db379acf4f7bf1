import Testing

@testable import RemoteUI

/// What holds for every page in every state and language.
@Suite struct EveryPageTests {
    private let renderings: Renderings
    private static let hostile = "\"'><script>x</script>&"

    init() throws { renderings = try Renderings() }

    /// Every state of every page, in every language: where, and its HTML.
    private func all(_ text: String) throws -> [(place: String, html: String)] {
        let samples = try Samples(text)
        return try renderings.catalogue.languages.flatMap { language in
            try samples.pages(renderings.catalogue[language]).map { name, page in
                ("\(name) in \(language)", try renderings.html(page, language, device: text))
            }
        }
    }

    @Test("Every template has a sample that gives exactly the names of its shape")
    func shapes() throws {
        var unseen = Set(Pages.models.map { $0.template })
        for language in renderings.catalogue.languages {
            let text = renderings.catalogue[language]
            for (name, page) in try Samples("text").pages(text) {
                #expect(type(of: page).shape.departures(of: page.values(text)) == [], "\(name)")
                unseen.remove(type(of: page).template)
            }
        }
        #expect(unseen == [])
    }

    @Test("Text from outside is text on every page: a script in any stored field stays words")
    func hostileText() throws {
        for (place, html) in try all(Self.hostile) {
            #expect(!html.contains("<script>x"), "\(place)")
            #expect(html.contains("&lt;script&gt;x"), "\(place)")
            #expect(!html.contains("\"\"'>"), "\(place)")
        }
    }

    @Test("No page shows a challenge password, in whatever state it comes back")
    func secrets() throws {
        for (place, html) in try all("text") {
            #expect(!html.contains(Samples.secret), "\(place)")
            for field in Markup(html).all("input") where field.attributes["type"] == "password" {
                #expect(field.attributes["value"] == "", "\(place)")
            }
        }
    }

    @Test("Every field has a label, every id is there once, and what describes a field exists")
    func fields() throws {
        for (place, html) in try all("text") {
            let markup = Markup(html)
            let ids = markup.tags.compactMap { $0.attributes["id"] }
            #expect(Set(ids).count == ids.count, "\(place): \(ids)")
            for field in markup.all("input", "select") where field.attributes["type"] != "hidden" {
                let id = field.attributes["id"] ?? ""
                #expect(markup.label(for: id)?.isEmpty == false, "\(place): \(id)")
                #expect(field.attributes["name"]?.isEmpty == false, "\(place): \(id)")
            }
            for tag in markup.tags {
                for attribute in ["aria-describedby", "aria-labelledby", "for", "form"] {
                    for id in (tag.attributes[attribute] ?? "").split(separator: " ") {
                        #expect(ids.contains(String(id)), "\(place): \(attribute)=\(id)")
                    }
                }
            }
        }
    }

    @Test("A wrong field says so to a screen reader, and the summary leads to it")
    func errors() throws {
        for (place, html) in try all("text") {
            let markup = Markup(html)
            for field in markup.all("input", "select") where field.attributes["aria-invalid"] == "true" {
                let id = field.attributes["id"] ?? ""
                #expect(field.attributes["aria-describedby"]?.contains("\(id)-error") == true, "\(place): \(id)")
                #expect(markup.all("a").contains { $0.attributes["href"] == "#\(id)" }, "\(place): \(id)")
            }
        }
    }

    @Test("Scripts and styles come from files only (CSP), and nothing comes from another host")
    func contentSecurityPolicy() throws {
        for (place, html) in try all("text") {
            for tag in Markup(html).tags where !tag.isClosing {
                #expect(tag.name != "style", "\(place)")
                #expect(tag.name != "script" || tag.attributes["src"]?.hasPrefix("/public/") == true, "\(place)")
                for (name, value) in tag.attributes {
                    #expect(name != "style" && !name.hasPrefix("on"), "\(place): \(name)")
                    if name == "href" || name == "src" || name == "action" {
                        #expect(
                            value.hasPrefix("/") && !value.hasPrefix("//") || value.hasPrefix("#"), "\(place): \(value)"
                        )
                    }
                }
            }
        }
    }

    @Test("Every form that changes something carries the token (L7)")
    func tokens() throws {
        for (place, html) in try all("text") {
            let forms = html.components(separatedBy: "<form").dropFirst()
            for form in forms where form.contains("method=\"post\"") {
                #expect(form.contains("name=\"token\" value=\"T0KEN\""), "\(place)")
            }
        }
    }

    @Test("A page has one main heading, one main landmark, and is in the language that it says")
    func landmarks() throws {
        for (place, html) in try all("text") {
            let markup = Markup(html)
            #expect(markup.all("h1").count == 1, "\(place)")
            #expect(markup.all("main").count == 1, "\(place)")
            #expect(place.hasSuffix(" \(markup.all("html")[0].attributes["lang"] ?? "")"), "\(place)")
        }
    }

    @Test("A page that follows something reloads itself for browsers without script only")
    func reload() throws {
        let samples = try Samples("text")
        for (name, page) in try samples.pages(renderings.catalogue[.english]) {
            let html = try renderings.html(page, .english, device: "text")
            #expect(html.contains("<noscript><meta http-equiv=\"refresh\"") == (page.refresh != nil), "\(name)")
            #expect(
                html.contains("data-live=\"running\"") == (page.refresh?.path == nil && page.refresh != nil), "\(name)")
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [Substring] { split(separator: separator) }
}
