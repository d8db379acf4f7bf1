/// Parses the Mustache subset: `{{name}}`, `{{a.b}}`, `{{.}}`, `{{#s}}`, `{{^s}}`, `{{/s}}`, `{{> partial}}`,
/// `{{! comment}}`, with the white-space rules of the Mustache specification for tags that stand alone on a line.
///
/// Not offered, each a syntax error: unescaped output (`{{{…}}}`, `{{&…}}`), other delimiters, inheritance.
struct TemplateParser {
    private struct OpenSection {
        let path: TemplatePath
        let inverted: Bool
        let line: Int
        let before: [TemplateNode]
    }

    private let source: [UInt8]
    private let file: String
    private var position = 0
    private var literal: [UInt8] = []
    private var nodes: [TemplateNode] = []
    private var open: [OpenSection] = []
    private var line = 1

    private init(source: [UInt8], file: String) {
        self.source = source
        self.file = file
    }

    /// - Parameter file: the name for error messages.
    static func parse(_ source: [UInt8], file: String) throws(ResourceError) -> [TemplateNode] {
        var parser = TemplateParser(source: source, file: file)
        return try parser.run()
    }

    private mutating func run() throws(ResourceError) -> [TemplateNode] {
        while position < source.count {
            if starts(with: "{{", at: position) {
                try parseTag()
            } else {
                take(source[position])
                position += 1
            }
        }
        if let section = open.last {
            throw error("the section {{#\(section.path)}} is not closed", line: section.line)
        }
        flush()
        return nodes
    }

    private mutating func parseTag() throws(ResourceError) {
        let start = position
        guard let close = firstClose(from: start + 2) else { throw error("the tag is not closed by }}") }
        let inner = source[(start + 2)..<close]
        let tagLine = line
        let end = close + 2
        let kind = inner.first ?? 0
        switch kind {
        case UInt8(ascii: "!"):
            skip(start: start, end: end)
        case UInt8(ascii: "#"), UInt8(ascii: "^"):
            let path = try path(in: inner.dropFirst())
            skip(start: start, end: end)
            flush()
            open.append(
                OpenSection(path: path, inverted: kind == UInt8(ascii: "^"), line: tagLine, before: nodes))
            nodes = []
        case UInt8(ascii: "/"):
            let path = try path(in: inner.dropFirst())
            guard let section = open.popLast() else { throw error("{{/\(path)}} closes no section") }
            guard section.path == path else {
                throw error("{{/\(path)}} closes {{#\(section.path)}} of line \(section.line)")
            }
            skip(start: start, end: end)
            flush()
            nodes =
                section.before
                + [.section(path, inverted: section.inverted, body: nodes, line: section.line)]
        case UInt8(ascii: ">"):
            let path = try path(in: inner.dropFirst())
            let indentation = skip(start: start, end: end)
            flush()
            nodes.append(.partial(path.description, indentation: indentation, line: tagLine))
        case UInt8(ascii: "{"), UInt8(ascii: "&"):
            throw error("unescaped output is not offered")
        case UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: "$"):
            throw error("{{\(Character(Unicode.Scalar(kind)))…}} is not offered")
        default:
            let path = try path(in: inner)
            flush()
            nodes.append(.variable(path, line: tagLine))
            advance(to: end)
        }
    }

    /// Passes over a tag that prints nothing itself. If it stands alone on its line, the line goes with it.
    /// - Returns: the white space before a tag that stands alone.
    @discardableResult
    private mutating func skip(start: Int, end: Int) -> [UInt8] {
        var lineStart = start
        while lineStart > 0, isBlank(source[lineStart - 1]) { lineStart -= 1 }
        var lineEnd = end
        while lineEnd < source.count, isBlank(source[lineEnd]) { lineEnd += 1 }
        let opensLine = lineStart == 0 || source[lineStart - 1] == UInt8(ascii: "\n")
        if starts(with: "\r\n", at: lineEnd) {
            lineEnd += 2
        } else if lineEnd < source.count, source[lineEnd] == UInt8(ascii: "\n") {
            lineEnd += 1
        } else if lineEnd < source.count {
            lineEnd = -1
        }
        guard opensLine, lineEnd >= 0 else {
            advance(to: end)
            return []
        }
        literal.removeLast(start - lineStart)
        advance(to: lineEnd)
        return Array(source[lineStart..<start])
    }

    private func path(in bytes: ArraySlice<UInt8>) throws(ResourceError) -> TemplatePath {
        let text = String(decoding: bytes.trimmingWhiteSpace(), as: UTF8.self)
        guard let path = TemplatePath(text) else { throw error("“\(text)” is not a name") }
        return path
    }

    private mutating func advance(to end: Int) {
        while position < end {
            if source[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8) {
        literal.append(byte)
        if byte == UInt8(ascii: "\n") { line += 1 }
    }

    private mutating func flush() {
        guard !literal.isEmpty else { return }
        nodes.append(.literal(literal))
        literal = []
    }

    private func firstClose(from start: Int) -> Int? {
        var index = start
        while index + 1 < source.count {
            if starts(with: "}}", at: index) { return index }
            index += 1
        }
        return nil
    }

    private func starts(with text: StaticString, at index: Int) -> Bool {
        text.withUTF8Buffer { bytes in
            index + bytes.count <= source.count && source[index..<(index + bytes.count)].elementsEqual(bytes)
        }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private func error(_ reason: String, line: Int? = nil) -> ResourceError {
        ResourceError(.syntax, file: file, line: line ?? self.line, reason: reason)
    }
}

extension ArraySlice<UInt8> {
    /// Without the blanks and line ends at both ends.
    func trimmingWhiteSpace() -> ArraySlice<UInt8> {
        func isWhite(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        let tail = drop(while: isWhite)
        guard let last = tail.lastIndex(where: { !isWhite($0) }) else { return [] }
        return tail[...last]
    }
}
