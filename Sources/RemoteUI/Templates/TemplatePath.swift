/// A dotted name; `.` alone, the implicit iterator, has no parts.
struct TemplatePath: Equatable, CustomStringConvertible {
    let parts: [String]

    /// Nil unless the text is `.` or names of letters, digits, `_` and `-` joined by single dots.
    init?(_ text: String) {
        if text == "." {
            parts = []
            return
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isNameByte) }) else { return nil }
        self.parts = parts
    }

    /// The key of a catalogue text, when the name is `t.` and a key.
    var textKey: String? {
        parts.count > 1 && parts[0] == "t" ? parts.dropFirst().joined(separator: ".") : nil
    }

    var description: String { parts.isEmpty ? "." : parts.joined(separator: ".") }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
