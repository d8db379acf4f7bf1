/// The page that changes the System Manager PIN.
public struct ChangePINForm: Sendable {
    public let current: Secret
    public let new: Secret
    public let newAgain: Secret

    public enum Field: String, Hashable, Sendable, CaseIterable { case current, new, newAgain }

    public init(current: String, new: String, newAgain: String) {
        self.current = Secret(current)
        self.new = Secret(new)
        self.newAgain = Secret(newAgain)
    }

    public func validate() throws(FieldErrors<Field>) {
        var errors = FieldErrors<Field>()
        if current.isEmpty { errors.add(.current, .required) }
        _ = errors.check(.new) { () throws(FieldProblemError) in try PINRules.pin(new.text) }
        if newAgain != new { errors.add(.newAgain, .doesNotMatch) }
        guard errors.isEmpty else { throw errors }
    }
}
