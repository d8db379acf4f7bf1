/// A template compiled for one language: literal bytes (markup and words already escaped) and the few places where
/// a value goes.
public struct Template: Sendable {
    indirect enum Segment: Sendable {
        case literal([UInt8])
        case variable([String])
        case section([String], inverted: Bool, body: [Segment])
    }

    let segments: [Segment]

    /// Renders into a fresh buffer.
    public func render(_ value: TemplateValue) -> [UInt8] {
        var buffer: [UInt8] = []
        render(value, into: &buffer)
        return buffer
    }

    /// Appends the rendered bytes. Values are escaped on their way in; a name that the value does not give prints
    /// nothing (that the model can give it was checked when the template was compiled).
    public func render(_ value: TemplateValue, into buffer: inout [UInt8]) {
        var stack = [value]
        Template.render(segments, &stack, &buffer)
    }

    private static func render(_ segments: [Segment], _ stack: inout [TemplateValue], _ buffer: inout [UInt8]) {
        for segment in segments {
            switch segment {
            case .literal(let bytes): buffer.append(contentsOf: bytes)
            case .variable(let parts):
                if case .text(let text)? = look(up: parts, in: stack) { HTMLEscape.append(text, to: &buffer) }
            case .section(let parts, let inverted, let body):
                let value = look(up: parts, in: stack) ?? .flag(false)
                guard value.isTruthy != inverted else { continue }
                switch value {
                case .list(let elements) where !inverted:
                    for element in elements { render(body, pushing: element, &stack, &buffer) }
                case .object where !inverted, .text where !inverted: render(body, pushing: value, &stack, &buffer)
                default: render(body, &stack, &buffer)
                }
            }
        }
    }

    private static func render(
        _ body: [Segment], pushing value: TemplateValue, _ stack: inout [TemplateValue], _ buffer: inout [UInt8]
    ) {
        stack.append(value)
        render(body, &stack, &buffer)
        stack.removeLast()
    }

    /// The first part is looked for from the innermost context outwards, the rest inside what was found.
    private static func look(up parts: [String], in stack: [TemplateValue]) -> TemplateValue? {
        guard let first = parts.first else { return stack.last }
        for context in stack.reversed() {
            guard case .object(let names) = context, var value = names[first] else { continue }
            for part in parts.dropFirst() {
                guard case .object(let inner) = value, let next = inner[part] else { return nil }
                value = next
            }
            return value
        }
        return nil
    }
}
