/// The set-up page as it was typed (L1).
public struct SetUpForm: Sendable {
    public let code: Secret
    public let systemManagerID: String
    public let pin: Secret
    public let pinAgain: Secret

    public enum Field: String, Hashable, Sendable, CaseIterable { case code, systemManagerID, pin, pinAgain }

    public init(code: String, systemManagerID: String, pin: String, pinAgain: String) {
        self.code = Secret(code)
        self.systemManagerID = systemManagerID
        self.pin = Secret(pin)
        self.pinAgain = Secret(pinAgain)
    }

    /// Checks what can be checked without the machine: a wrong code is the machine's answer.
    public func validate() throws(FieldErrors<Field>) {
        var errors = FieldErrors<Field>()
        if code.isEmpty { errors.add(.code, .required) }
        _ = errors.check(.systemManagerID) { () throws(FieldProblemError) in
            try PINRules.systemManagerID(systemManagerID)
        }
        _ = errors.check(.pin) { () throws(FieldProblemError) in try PINRules.pin(pin.text) }
        if pinAgain != pin { errors.add(.pinAgain, .doesNotMatch) }
        guard errors.isEmpty else { throw errors }
    }
}
