/// The page that changes the System Manager PIN.
public struct ChangePINForm: Sendable {
    public var current: String
    public var new: String
    public var newAgain: String

    public enum Field: String, Hashable, Sendable, CaseIterable { case current, new, newAgain }

    public init(current: String, new: String, newAgain: String) {
        self.current = current
        self.new = new
        self.newAgain = newAgain
    }

    public func validate() throws(FieldErrors<Field>) {
        var errors = FieldErrors<Field>()
        if current.isEmpty { errors.add(.current, .required) }
        _ = errors.check(.new) { () throws(FieldProblemError) in try PINRules.pin(new) }
        if newAgain != new { errors.add(.newAgain, .doesNotMatch) }
        guard errors.isEmpty else { throw errors }
    }
}
