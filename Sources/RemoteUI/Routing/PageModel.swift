/// What a page shows. Its template is `Templates/<template>.html`, placed by `{{> content}}` in
/// `Templates/<layout>.html`; it sees the names of `values` and the layout's own under `layout.` (see `Layout`).
public protocol PageModel: Sendable {
    /// The template's name, without `.html`. One model a template.
    static var template: String { get }
    /// The template around it: `layout` unless the model says otherwise.
    static var layout: String { get }
    /// The names that `values` gives; the template is checked against them at start.
    static var shape: TemplateShape { get }

    /// The title of the page, in the page's language: heading, `<title>` and last crumb.
    func title(_ text: Texts) -> String
    /// The values for the template: every name of `shape`, `.flag(false)` where there is nothing to show.
    func values(_ text: Texts) -> TemplateValue

    /// The path of the menu entry that the page belongs to: it shows the left menu with this entry marked, and gives the
    /// breadcrumb. `/settings` for the start page of the menu; nil for a page without menu.
    var menuItem: String? { get }
    /// Crumbs between the menu entry and the page itself, outermost first.
    var crumbs: [Crumb] { get }
    /// Reload by the browser, without script.
    var refresh: Refresh? { get }
}

extension PageModel {
    public static var layout: String { "layout" }
    public var menuItem: String? { nil }
    public var crumbs: [Crumb] { [] }
    public var refresh: Refresh? { nil }
}
