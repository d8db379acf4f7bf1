/// One step of the breadcrumb above the page.
public struct Crumb: Sendable, Equatable {
    /// Words in the page's language.
    public let label: String
    /// Where it leads.
    public let path: String

    public init(_ label: String, _ path: String) {
        self.label = label
        self.path = path
    }
}

extension Crumb {
    /// As a link within a page.
    static let shape: TemplateShape = ["href": .text, "name": .text]

    var value: TemplateValue { ["href": .text(path), "name": .text(label)] }
}
