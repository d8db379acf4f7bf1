/// What the audit log records (D4).
public enum AuditOperation: String, Hashable, Sendable, CaseIterable {
    case start
    case setUp
    case signIn
    case signOut
    case changePIN
    case changeDeviceInformation
    case changeSecuritySettings
    case changeCommunicationSettings
    case changeAutoRequestTimer
    case testConnection
    case acceptAuthority
    case requestIssuance
    case generateKey
    case sendRequest
    case acquireCertificate
    case checkAgain
    case discardRequest
    case deleteKey
    case putKeyInService
    case restart
}
