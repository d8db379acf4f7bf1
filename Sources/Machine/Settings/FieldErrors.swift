import SCEP

/// What is wrong with one field of a form. The pages word it; nothing here is a sentence.
public enum FieldProblem: Hashable, Sendable {
    /// Nothing was entered.
    case required
    /// Fewer characters than the minimum.
    case tooShort(minimum: Int)
    /// More characters than the maximum.
    case tooLong(maximum: Int)
    /// Not a whole number in plain ASCII digits.
    case notANumber
    /// A number outside the range.
    case outOfRange(minimum: Int, maximum: Int)
    /// A character that the field does not take.
    case invalidCharacter
    /// Neither an IP address nor a fully qualified domain name.
    case notAddressOrName
    /// Not one of the choices that are offered.
    case notOffered
    /// Not a date and time that the calendar and the clock know.
    case notADateTime
    /// A date and time that has passed already.
    case inThePast
    /// A date and time that has passed, though nobody has changed it: what was changed starts a schedule anew (T4).
    case startsAnew
    /// Another key has this name.
    case alreadyUsed
    /// The two entries differ.
    case doesNotMatch
    /// The SCEP Server URL cannot be used.
    case serverURL(ServerURLError)
    /// The fingerprint cannot be used.
    case fingerprint(Fingerprint.ParseError)
}

/// Every problem of a form at once, in the order of its fields; a field has at most one.
public struct FieldErrors<Field: Hashable & Sendable>: Error, Equatable, Sendable {
    public struct Entry: Hashable, Sendable {
        public let field: Field
        public let problem: FieldProblem
        public init(_ field: Field, _ problem: FieldProblem) {
            self.field = field
            self.problem = problem
        }
    }

    public private(set) var entries: [Entry]

    public init(_ entries: [Entry] = []) { self.entries = entries }

    /// The problem of one field, if it has one.
    public subscript(field: Field) -> FieldProblem? { entries.first { $0.field == field }?.problem }

    public var isEmpty: Bool { entries.isEmpty }

    /// Runs a check and keeps its problem beside the field; nil when the field has one.
    mutating func check<Value>(_ field: Field, _ body: () throws(FieldProblemError) -> Value) -> Value? {
        do {
            return try body()
        } catch {
            entries.append(Entry(field, error.problem))
            return nil
        }
    }

    mutating func add(_ field: Field, _ problem: FieldProblem) { entries.append(Entry(field, problem)) }
}

/// A ``FieldProblem`` on its way to the field that has it.
struct FieldProblemError: Error {
    let problem: FieldProblem
    init(_ problem: FieldProblem) { self.problem = problem }
}
