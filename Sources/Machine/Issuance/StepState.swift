/// How far one step of an issuance or of a connection test has come.
public enum StepState: String, Hashable, Sendable, Codable, CaseIterable {
    case waiting
    case running
    case done
    case failed
}
