import RemoteUI
import Testing

/// A case of the Mustache specification's shape: a template, its data, its partials, what comes out.
struct MustacheCase: CustomTestStringConvertible, Sendable {
    let name: String
    let template: String
    let data: TemplateValue
    let partials: [String: String]
    let expected: String

    init(
        _ name: String, _ template: String, _ data: TemplateValue = [:], partials: [String: String] = [:],
        is expected: String
    ) {
        self.name = name
        self.template = template
        self.data = data
        self.partials = partials
        self.expected = expected
    }

    var testDescription: String { name }

    /// Compiles against `shape`, or against the shape of the data itself, and renders.
    func render(shape: TemplateShape? = nil) throws -> String {
        let sources = TemplateSources(pages: ["page": template], partials: partials)
        let compiled = try sources.compile(
            "page", texts: Texts(language: .english, entries: [:]), shape: shape ?? TemplateShape(sample: data))
        return String(decoding: compiled.render(data), as: UTF8.self)
    }
}
