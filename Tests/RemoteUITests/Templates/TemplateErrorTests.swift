import RemoteUI
import Testing

/// A fault in a template stops the start, with file and line.
@Suite struct TemplateErrorTests {
    struct Fault: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let template: String
        let code: ResourceError.Code
        let line: Int

        init(_ name: String, _ template: String, _ code: ResourceError.Code, line: Int = 1) {
            testDescription = name
            self.template = template
            self.code = code
            self.line = line
        }
    }

    static let shape: TemplateShape = [
        "name": .text, "on": .flag, "rows": .list(["number": .text]), "device": ["model": .text],
    ]

    static let faults: [Fault] = [
        .init("a name that the model does not give", "a\nb {{nmae}}", .unknownName, line: 2),
        .init("a section that the model does not give", "\n\n{{#nope}}{{/nope}}", .unknownName, line: 3),
        .init("a name of an element outside its list", "{{number}}", .unknownName),
        .init("an unknown name inside a list", "{{#rows}}\n{{nmuber}}{{/rows}}", .unknownName, line: 2),
        .init("the last part of a dotted name is unknown", "{{device.nope}}", .unknownName),
        .init(
            "a dotted name does not go outwards for its second part", "{{#device}}{{device.name}}{{/device}}",
            .unknownName),
        .init("a list cannot be printed", "{{rows}}", .unknownName),
        .init("a flag cannot be printed", "{{on}}", .unknownName),
        .init("a partial that is not there", "{{> nope}}", .unknownPartial),
        .init("a partial that includes itself", "x\n{{> loop}}", .unknownPartial, line: 1),
        .init("a text that is not in the catalogue", "\n{{t.no.such}}", .unknownText, line: 2),
        .init("a text with placeholders", "{{t.days}}", .unknownText),
        .init("a section that is not closed", "a\n{{#on}}\nb\n", .syntax, line: 2),
        .init("a section closed by another name", "{{#on}}\n{{/name}}", .syntax, line: 2),
        .init("a close without a section", "{{/on}}", .syntax),
        .init("a tag that is not closed", "a {{name", .syntax),
        .init("an empty tag", "{{}}", .syntax),
        .init("a name with a space", "{{a b}}", .syntax),
        .init("a dotted name with an empty part", "{{a..b}}", .syntax),
        .init("triple braces", "{{{name}}}", .syntax),
        .init("unescaped by ampersand", "{{& name}}", .syntax),
        .init("other delimiters", "{{=<% %>=}}", .syntax),
        .init("inheritance", "{{< base}}{{/base}}", .syntax),
    ]

    @Test(arguments: faults)
    func aFaultStopsTheStartWithItsLine(_ fault: Fault) throws {
        let sources = TemplateSources(pages: ["page": fault.template], partials: ["loop": "{{> loop}}"])
        let texts = Texts(language: .english, entries: ["days": "{0} days left"])
        let error = #expect(throws: ResourceError.self) {
            try sources.compile("page", texts: texts, shape: Self.shape)
        }
        #expect(error?.code == fault.code)
        #expect(error?.line == fault.line)
        #expect(error?.file.hasPrefix("Templates/") == true)
    }

    @Test func aTemplateThatIsNotThereIsNamed() {
        let sources = TemplateSources(pages: [:])
        let texts = Texts(language: .english, entries: [:])
        let error = #expect(throws: ResourceError.self) { try sources.compile("login", texts: texts, shape: [:]) }
        #expect(error?.code == .unreadable)
        #expect(error?.file == "Templates/login.html")
    }
}
