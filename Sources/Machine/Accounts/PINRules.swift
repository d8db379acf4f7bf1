/// The rules for the System Manager's ID and PIN (L1, L3).
public enum PINRules {
    /// Characters of a PIN.
    public static let pinLength = 8...64
    /// Characters of a System Manager ID: letters, digits, hyphen, underscore, full stop.
    public static let systemManagerIDLength = 1...32

    static func pin(_ text: String) throws(FieldProblemError) -> String {
        // Not trimmed: a space is as good a character as any.
        try FieldRules.line(text, pinLength)
    }

    static func systemManagerID(_ text: String) throws(FieldProblemError) -> String {
        try FieldRules.identifier(text, systemManagerIDLength)
    }
}
