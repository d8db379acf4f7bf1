import RemoteUI
import Testing

@Suite struct TemplateTests {
    let english = Texts(language: .english, entries: ["hello": "Keys & <Certificates>", "title": "Hi"])

    @Test func catalogueTextsAreEscapedWhenCompiled() throws {
        let sources = TemplateSources(pages: ["page": "<h1>{{t.hello}}</h1>"])
        let page = try sources.compile("page", texts: english, shape: [:])
        #expect(String(decoding: page.render([:]), as: UTF8.self) == "<h1>Keys &amp; &lt;Certificates&gt;</h1>")
    }

    @Test func aLayoutPlacesThePage() throws {
        let sources = TemplateSources(pages: [
            "layout": "<{{layout.title}}>{{> content}}</>", "page": "{{name}} in {{layout.title}}",
        ])
        let shape: TemplateShape = ["name": .text, "layout": ["title": .text]]
        let page = try sources.compile("page", layout: "layout", texts: english, shape: shape)
        let bytes = page.render(["name": "N", "layout": ["title": "T"]])
        #expect(String(decoding: bytes, as: UTF8.self) == "<T>N in T</>")
    }

    @Test func anObjectThatIsNotThereIsFalse() throws {
        let sources = TemplateSources(pages: ["page": "{{#ca}}{{name}}{{/ca}}{{^ca}}none{{/ca}}{{note}}"])
        let page = try sources.compile("page", texts: english, shape: ["ca": ["name": .text], "note": .text])
        #expect(String(decoding: page.render(["ca": false, "note": false]), as: UTF8.self) == "none")
    }

    @Test func hostileTextStaysText() throws {
        let sources = TemplateSources(pages: ["page": "<a title=\"{{x}}\">{{x}}</a>"])
        let page = try sources.compile("page", texts: english, shape: ["x": .text])
        let html = String(decoding: page.render(["x": "\"><script>alert('1')</script>"]), as: UTF8.self)
        #expect(!html.contains("<script"))
        #expect(!html.dropFirst(10).hasPrefix("\">"))
    }

    @Test func shapesOfSamplesAreJoinedOverTheElementsOfALIst() {
        let sample: TemplateValue = ["rows": [["a": "1", "b": false], ["a": "2", "b": "x", "c": true]]]
        #expect(TemplateShape(sample: sample) == ["rows": .list(["a": .text, "b": .text, "c": .flag])])
    }

    @Test func departuresOfAValueFromItsShapeAreNamed() {
        let shape: TemplateShape = ["a": .text, "rows": .list(["n": .text]), "o": ["x": .flag]]
        #expect(shape.departures(of: ["a": "1", "rows": [["n": "1"]], "o": ["x": true]]).isEmpty)
        #expect(shape.departures(of: ["a": false, "rows": [], "o": false]).isEmpty)
        #expect(
            shape.departures(of: ["rows": [["m": "1"]], "o": ["x": "text"], "z": true]) == [
                "a is missing", "o.x is of another kind", "rows[0].m is not in the shape", "rows[0].n is missing",
                "z is not in the shape",
            ])
    }
}
