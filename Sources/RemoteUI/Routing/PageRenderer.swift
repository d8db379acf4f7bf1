import HTTP
import HTTPTypes

/// Every page's template, compiled for every language.
struct PageRenderer: Sendable {
    private let templates: [String: [Language: Template]]

    /// - Throws: `ResourceError` for the first fault of a template, with file and line.
    init(
        models: [any PageModel.Type], sources: TemplateSources, catalogue: Catalogue
    ) throws(ResourceError) {
        var templates: [String: [Language: Template]] = [:]
        for model in models {
            let shape = model.shape.adding(["layout": Layout.shape])
            for language in catalogue.languages {
                templates[model.template, default: [:]][language] = try sources.compile(
                    model.template, layout: model.layout, texts: catalogue[language], shape: shape)
            }
        }
        self.templates = templates
    }

    /// The page in its frame.
    /// - Throws: `.unreadable` for a model that was not registered.
    func render(
        _ page: any PageModel, in layout: Layout, status: HTTPResponse.Status
    ) throws(ResourceError) -> Response {
        let name = type(of: page).template
        guard let template = templates[name]?[layout.visitor.language] else {
            throw ResourceError(.unreadable, file: "Templates/\(name).html", reason: "the page is not registered")
        }
        var names: [String: TemplateValue] = [:]
        if case .object(let own) = page.values(layout.catalogue[layout.visitor.language]) { names = own }
        names["layout"] = layout.values(for: page)
        var response = Response(
            status: status, contentType: "text/html; charset=utf-8", body: template.render(.object(names)))
        response.fields[.contentLanguage] = layout.visitor.language.code
        return response
    }
}
