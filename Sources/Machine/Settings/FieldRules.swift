/// Checks that several forms share. Lengths are in characters, as a person counts them.
enum FieldRules {
    /// A whole number written in ASCII digits only: no sign, no space, no other script's digits.
    static func integer(_ text: String, in range: ClosedRange<Int>) throws(FieldProblemError) -> Int {
        guard !text.isEmpty else { throw FieldProblemError(.required) }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw FieldProblemError(.notANumber)
        }
        // Digits that overflow Int are a number all the same, and outside every range.
        guard let value = Int(text), range.contains(value) else {
            throw FieldProblemError(.outOfRange(minimum: range.lowerBound, maximum: range.upperBound))
        }
        return value
    }

    static func length(_ text: String, _ range: ClosedRange<Int>) throws(FieldProblemError) {
        if text.isEmpty && range.lowerBound > 0 { throw FieldProblemError(.required) }
        if text.count < range.lowerBound { throw FieldProblemError(.tooShort(minimum: range.lowerBound)) }
        if text.count > range.upperBound { throw FieldProblemError(.tooLong(maximum: range.upperBound)) }
    }

    /// Printable ASCII, which is what the manuals call single-byte characters.
    static func printableASCII(_ text: String, _ range: ClosedRange<Int>) throws(FieldProblemError) -> String {
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw FieldProblemError(.invalidCharacter) }
        try length(text, range)
        return text
    }

    /// Any text of one line: letters of every script, but no control characters.
    static func line(_ text: String, _ range: ClosedRange<Int>) throws(FieldProblemError) -> String {
        let isControl = { (scalar: Unicode.Scalar) in
            switch scalar.properties.generalCategory {
            // Format characters include the direction overrides that make one text look like another.
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
            default: false
            }
        }
        guard !text.unicodeScalars.contains(where: isControl) else { throw FieldProblemError(.invalidCharacter) }
        try length(text, range)
        // A character may be made of many scalars; what is stored stays bounded.
        guard text.utf8.count <= range.upperBound * 8 else {
            throw FieldProblemError(.tooLong(maximum: range.upperBound))
        }
        return text
    }

    /// Letters, digits, hyphen, underscore and full stop.
    static func identifier(_ text: String, _ range: ClosedRange<Int>) throws(FieldProblemError) -> String {
        let marks: [UInt8] = [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")]
        guard text.utf8.allSatisfy({ isAlphanumeric($0) || marks.contains($0) }) else {
            throw FieldProblemError(.invalidCharacter)
        }
        try length(text, range)
        return text
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    static func firstLine(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
