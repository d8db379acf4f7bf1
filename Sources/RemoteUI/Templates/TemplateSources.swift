/// The template files as read at start: `Templates/*.html` for pages and layouts, `Templates/partials/*.html`.
public struct TemplateSources: Sendable {
    struct Source: Sendable {
        let file: String
        let bytes: [UInt8]
    }

    private let pages: [String: Source]
    private let partials: [String: Source]

    /// Templates given as text, by name without `.html`.
    public init(pages: [String: String], partials: [String: String] = [:]) {
        self.pages = Dictionary(
            uniqueKeysWithValues: pages.map { ($0, Source(file: "Templates/\($0).html", bytes: Array($1.utf8))) })
        self.partials = Dictionary(
            uniqueKeysWithValues: partials.map {
                ($0, Source(file: "Templates/partials/\($0).html", bytes: Array($1.utf8)))
            })
    }

    /// Reads the folder `Templates`.
    public init(folder: String) throws(ResourceError) {
        func read(_ folder: String, _ shown: String) throws(ResourceError) -> [String: Source] {
            var sources: [String: Source] = [:]
            for name in try ResourceFolder.names(in: folder, shown: shown) where name.hasSuffix(".html") {
                let bytes = try ResourceFolder.read("\(folder)/\(name)", shown: "\(shown)/\(name)")
                sources[String(name.dropLast(5))] = Source(file: "\(shown)/\(name)", bytes: bytes)
            }
            return sources
        }
        pages = try read(folder, "Templates")
        partials = try read("\(folder)/partials", "Templates/partials")
    }

    /// The names of the page templates.
    public var pageNames: [String] { pages.keys.sorted() }

    func page(_ name: String) throws(ResourceError) -> Source {
        guard let source = pages[name] else {
            throw ResourceError(.unreadable, file: "Templates/\(name).html", reason: "there is no such template")
        }
        return source
    }

    func partial(_ name: String) -> Source? { partials[name] }

    /// Compiles one page for one language.
    /// - Parameters:
    ///   - layout: the template around the page, which places it by `{{> content}}`; nil for the bare page.
    ///   - shape: the names that the values to be rendered give.
    public func compile(
        _ name: String, layout: String? = nil, texts: Texts, shape: TemplateShape
    ) throws(ResourceError) -> Template {
        var compiler = TemplateCompiler(sources: self, texts: texts, content: layout == nil ? nil : name)
        return try compiler.compile(layout ?? name, shape: shape)
    }
}
