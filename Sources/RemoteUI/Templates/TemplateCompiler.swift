/// Turns parsed nodes into segments: partials and the texts of one language are put in place, names are checked
/// against the shape of the values that will come.
struct TemplateCompiler {
    let sources: TemplateSources
    let texts: Texts
    /// What `{{> content}}` in a layout stands for: the page's own template.
    let content: String?

    private var segments: [Template.Segment] = []
    private var trail: [String] = []

    init(sources: TemplateSources, texts: Texts, content: String?) {
        self.sources = sources
        self.texts = texts
        self.content = content
    }

    /// - Throws: `ResourceError` with file and line: a name, partial or text that is not there.
    mutating func compile(_ name: String, shape: TemplateShape) throws(ResourceError) -> Template {
        segments = []
        let source = try sources.page(name)
        try append(TemplateParser.parse(source.bytes, file: source.file), file: source.file, contexts: [shape])
        return Template(segments: segments)
    }

    private mutating func append(
        _ nodes: [TemplateNode], file: String, contexts: [TemplateShape]
    ) throws(ResourceError) {
        for node in nodes {
            switch node {
            case .literal(let bytes): appendLiteral(bytes)
            case .variable(let path, let line):
                if let key = path.textKey {
                    try appendText(key, file: file, line: line)
                } else {
                    try requireText(path, file: file, line: line, contexts: contexts)
                    segments.append(.variable(path.parts))
                }
            case .section(let path, let inverted, let body, let line):
                try appendSection(
                    path, inverted: inverted, body: body, file: file, line: line, contexts: contexts)
            case .partial(let name, let indentation, let line):
                try appendPartial(name, indentation: indentation, file: file, line: line, contexts: contexts)
            }
        }
    }

    private mutating func appendLiteral(_ bytes: [UInt8]) {
        if case .literal(let before)? = segments.last {
            segments[segments.count - 1] = .literal(before + bytes)
        } else {
            segments.append(.literal(bytes))
        }
    }

    private mutating func appendText(_ key: String, file: String, line: Int) throws(ResourceError) {
        guard let text = texts.find(key) else {
            throw ResourceError(
                .unknownText, file: file, line: line, reason: "no text “\(key)” in \(texts.language.code).json")
        }
        guard Texts.placeholders(in: text).isEmpty else {
            throw ResourceError(
                .unknownText, file: file, line: line,
                reason: "the text “\(key)” has placeholders: fill it in the page's model")
        }
        var bytes: [UInt8] = []
        HTMLEscape.append(text, to: &bytes)
        appendLiteral(bytes)
    }

    private mutating func appendSection(
        _ path: TemplatePath, inverted: Bool, body: [TemplateNode], file: String, line: Int,
        contexts: [TemplateShape]
    ) throws(ResourceError) {
        guard let shape = find(path, in: contexts) else { throw unknown(path, file: file, line: line) }
        let inner: [TemplateShape] =
            switch shape {
            case .list(let element) where !inverted: contexts + [element]
            case .object where !inverted, .text where !inverted: contexts + [shape]
            default: contexts
            }
        let before = segments
        segments = []
        try append(body, file: file, contexts: inner)
        let compiled = segments
        segments = before + [.section(path.parts, inverted: inverted, body: compiled)]
    }

    private mutating func appendPartial(
        _ name: String, indentation: [UInt8], file: String, line: Int, contexts: [TemplateShape]
    ) throws(ResourceError) {
        let source: TemplateSources.Source?
        if name == "content", let content {
            source = try sources.page(content)
        } else {
            source = sources.partial(name)
        }
        guard let source else {
            throw ResourceError(.unknownPartial, file: file, line: line, reason: "no partial “\(name)”")
        }
        guard !trail.contains(source.file) else {
            throw ResourceError(
                .unknownPartial, file: file, line: line, reason: "the partial “\(name)” includes itself")
        }
        trail.append(source.file)
        let bytes = Self.indent(source.bytes, by: indentation)
        try append(TemplateParser.parse(bytes, file: source.file), file: source.file, contexts: contexts)
        trail.removeLast()
    }

    private func requireText(
        _ path: TemplatePath, file: String, line: Int, contexts: [TemplateShape]
    ) throws(ResourceError) {
        guard let shape = find(path, in: contexts) else { throw unknown(path, file: file, line: line) }
        guard shape == .text else {
            throw ResourceError(.unknownName, file: file, line: line, reason: "{{\(path)}} is not a text")
        }
    }

    private func unknown(_ path: TemplatePath, file: String, line: Int) -> ResourceError {
        ResourceError(.unknownName, file: file, line: line, reason: "the page's model does not give “\(path)”")
    }

    private func find(_ path: TemplatePath, in contexts: [TemplateShape]) -> TemplateShape? {
        guard let first = path.parts.first else { return contexts.last }
        for context in contexts.reversed() {
            guard case .object(let names) = context, var shape = names[first] else { continue }
            for part in path.parts.dropFirst() {
                guard case .object(let inner) = shape, let next = inner[part] else { return nil }
                shape = next
            }
            return shape
        }
        return nil
    }

    /// The indentation goes before each line; what follows the last line end is no line.
    private static func indent(_ bytes: [UInt8], by indentation: [UInt8]) -> [UInt8] {
        guard !indentation.isEmpty else { return bytes }
        var indented: [UInt8] = []
        var atLineStart = true
        for byte in bytes {
            if atLineStart { indented += indentation }
            indented.append(byte)
            atLineStart = byte == UInt8(ascii: "\n")
        }
        return indented
    }
}
