/// One field of a form: label, mark, help and, beside it, what is wrong with it.
///
/// There is no `maxlength`: a browser cuts what is pasted without a word, where the machine says that it is too long.
struct FormField: Sendable {
    struct Option: Sendable {
        let value: String
        let name: String
    }

    enum Kind: Sendable {
        case text
        /// Digits, with their unit behind the field.
        case number(unit: String?)
        /// Never filled in by the page.
        case secret(autocomplete: String)
        case choice([Option])
        case checkbox
        /// A local date and time, `2026-12-01T02:00`. A browser without such a field shows a text field.
        case dateTime
    }

    /// The field's `name` and `id`.
    let id: String
    let label: String
    var hint: String
    /// What the administrator should think of before choosing this.
    var caution: String?
    let kind: Kind
    /// What was typed or is set; `on` for a ticked check box. A secret has none.
    var value = ""
    var isRequired = false
    /// When the field must be filled in, if that hangs on another one: stands in the place of the mark.
    var condition: String?
    var isDisabled = false
    /// A sentence in the page's language.
    var error: String?
    var autocomplete = "off"

    static let shape: TemplateShape = [
        "id": .text, "label": .text, "hint": .text, "caution": .text, "condition": .text, "type": .text, "value": .text,
        "inputMode": .text,
        "autocomplete": .text, "unit": .text, "error": .text, "required": .flag,
        "disabled": .flag, "narrow": .flag, "isCheckbox": .flag, "isSelect": .flag, "checked": .flag,
        "options": .list(["value": .text, "name": .text, "selected": .flag]),
    ]

    var templateValue: TemplateValue {
        var names: [String: TemplateValue] = [
            "id": .text(id), "label": .text(label), "hint": .text(hint), "caution": .optional(caution),
            "condition": .optional(condition), "type": "text", "value": .text(value), "inputMode": false,
            "autocomplete": .text(autocomplete), "unit": false,
            "error": .optional(error), "required": .flag(isRequired), "disabled": .flag(isDisabled),
            "narrow": false, "isCheckbox": false, "isSelect": false, "checked": false, "options": false,
        ]
        switch kind {
        case .text: break
        case .number(let unit):
            names["inputMode"] = "numeric"
            names["narrow"] = true
            names["unit"] = .optional(unit)
        case .secret(let autocomplete):
            names["type"] = "password"
            names["value"] = ""
            names["autocomplete"] = .text(autocomplete)
        case .choice(let options):
            names["isSelect"] = true
            names["options"] = .list(
                options.map {
                    ["value": .text($0.value), "name": .text($0.name), "selected": .flag($0.value == value)]
                })
        case .checkbox:
            names["isCheckbox"] = true
            names["checked"] = .flag(value == "on")
        case .dateTime: names["type"] = "datetime-local"
        }
        return .object(names)
    }
}

extension [FormField] {
    static var shape: TemplateShape { .list(FormField.shape) }
    var value: TemplateValue { .list(map(\.templateValue)) }
}
