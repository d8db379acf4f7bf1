/// What the audit log records (D4).
public enum AuditOperation: String, Hashable, Sendable, CaseIterable {
    case start
    /// Entries could not be written: the disk was full, say.
    case auditGap
    /// The oldest entries were dropped, because the log had become too long.
    case dropAuditEntries
    case setUp
    case signIn
    case signOut
    case changePIN
    case changeDeviceInformation
    case changeSecuritySettings
    case changeCommunicationSettings
    case changeAutoRequestSettings
    case testConnection
    case acceptAuthority
    case requestIssuance
    /// The timer began a request, or took one up again.
    case automaticRequest
    /// The timer asked the server again.
    case poll
    case generateKey
    case sendRequest
    case acquireCertificate
    case checkAgain
    case discardRequest
    case deleteKey
    case deleteOldKey
    case renameKey
    case putKeyInService
    case restart
}
