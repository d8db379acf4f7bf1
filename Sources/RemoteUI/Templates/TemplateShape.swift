/// The names that a page's model gives, and what kind of value each one is.
///
/// A template is checked against it when it is compiled, so that a name nobody gives is an error at start.
/// Literals work: `["name": .text, "rows": .list(["number": .text, "isManual": .flag])]`.
public indirect enum TemplateShape: Sendable, Equatable {
    /// Printed text (or `.flag(false)` for "not there").
    case text
    /// A switch: for sections only, it cannot be printed.
    case flag
    /// Any number of elements of one shape.
    case list(TemplateShape)
    /// Names.
    case object([String: TemplateShape])

    /// The shape of a sample value. Every list in it must hold an element (the elements' names are joined) and every
    /// optional text or object must be there, for a name that is absent from the sample is unknown to the template.
    public init(sample: TemplateValue) {
        switch sample {
        case .text: self = .text
        case .flag: self = .flag
        case .list(let elements):
            self = .list(elements.map(TemplateShape.init(sample:)).reduce(nil, TemplateShape.joined) ?? .text)
        case .object(let names): self = .object(names.mapValues(TemplateShape.init(sample:)))
        }
    }

    /// The same names and those of `more`; where both are objects or lists, joined inside too.
    public func adding(_ more: TemplateShape) -> TemplateShape {
        switch (self, more) {
        case (.object(let own), .object(let other)): .object(own.merging(other) { $0.adding($1) })
        case (.list(let own), .list(let other)): .list(own.adding(other))
        // `.flag(false)` in one sample is "not there" for what another sample gives.
        case (.flag, _): more
        default: self
        }
    }

    private static func joined(_ left: TemplateShape?, _ right: TemplateShape) -> TemplateShape? {
        left?.adding(right) ?? right
    }

    /// Where `value` departs from the shape: names missing, unknown or of another kind, as dotted paths. For tests of
    /// models: a model gives every name of its shape, `.flag(false)` where there is nothing to show.
    public func departures(of value: TemplateValue, at path: String = "") -> [String] {
        switch (self, value) {
        case (.text, .text), (.flag, .flag), (.text, .flag(false)), (.list, .flag(false)), (.object, .flag(false)):
            return []
        case (.list(let element), .list(let values)):
            return values.enumerated().flatMap { element.departures(of: $1, at: "\(path)[\($0)]") }
        case (.object(let names), .object(let values)):
            let prefix = path.isEmpty ? "" : "\(path)."
            let missing = names.keys.filter { values[$0] == nil }.map { "\(prefix)\($0) is missing" }
            let others = values.flatMap { name, value in
                names[name]?.departures(of: value, at: prefix + name) ?? ["\(prefix)\(name) is not in the shape"]
            }
            return (missing + others).sorted()
        default:
            return ["\(path) is of another kind"]
        }
    }
}

extension TemplateShape: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, TemplateShape)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
