/// A language of the pages: one file `Templates/strings/<code>.json`.
public struct Language: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The BCP 47 code, lower case: `en`, `ja`. It is also the value of `<html lang>`.
    public let code: String

    /// Nil unless the text is a language subtag of 2 or 3 lower-case letters.
    public init?(code: String) {
        guard (2...3).contains(code.utf8.count),
            code.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        else { return nil }
        self.code = code
    }

    private init(known code: String) { self.code = code }

    /// The language of the catalogue that decides which keys there are, and the one served when nothing else is asked.
    public static let english = Language(known: "en")

    public var description: String { code }

    public static func < (left: Language, right: Language) -> Bool { left.code < right.code }
}
