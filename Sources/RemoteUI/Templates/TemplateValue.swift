/// What a page's model hands to its template. Literals work: `["name": "x", "isDefault": true, "rows": [...]]`.
public enum TemplateValue: Sendable, Equatable {
    /// Text, escaped where it is printed. As a section it is true unless it is empty.
    case text(String)
    /// A switch for a section. `false` also stands for "not there" in the place of a text, a list or an object.
    case flag(Bool)
    /// A section over it is rendered once for each element.
    case list([TemplateValue])
    /// Names. A section over it makes them visible.
    case object([String: TemplateValue])

    /// The text, or "not there" for nil.
    public static func optional(_ text: String?) -> TemplateValue { text.map { .text($0) } ?? .flag(false) }

    /// A whole number in ASCII digits.
    public static func number(_ value: some BinaryInteger) -> TemplateValue { .text(String(value)) }

    /// Whether a section over the value is rendered.
    var isTruthy: Bool {
        switch self {
        case .text(let text): !text.isEmpty
        case .flag(let flag): flag
        case .list(let elements): !elements.isEmpty
        case .object: true
        }
    }
}

extension TemplateValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    public init(arrayLiteral elements: TemplateValue...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, TemplateValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
