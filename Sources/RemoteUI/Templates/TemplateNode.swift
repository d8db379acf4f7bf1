/// One piece of a parsed template, before partials, texts and names are resolved.
indirect enum TemplateNode: Equatable {
    case literal([UInt8])
    /// `{{name}}`
    case variable(TemplatePath, line: Int)
    /// `{{#name}}…{{/name}}`, or `{{^name}}…{{/name}}` when inverted.
    case section(TemplatePath, inverted: Bool, body: [TemplateNode], line: Int)
    /// `{{> name}}`; the indentation of a tag that stands alone on its line goes before each line of the partial.
    case partial(String, indentation: [UInt8], line: Int)
}
