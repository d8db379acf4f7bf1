import PKI

/// Every table, for the length of one database transaction.
struct Tables {
    let connection: Connection
    let sealer: Sealer

    var settings: SettingTable { SettingTable(connection: connection) }
    var account: AccountTable { AccountTable(connection: connection) }
    var lockout: LockoutTable { LockoutTable(connection: connection) }
    var keys: KeyTable { KeyTable(connection: connection, sealer: sealer) }
    var issuances: IssuanceTable { IssuanceTable(connection: connection, sealer: sealer) }
    var history: HistoryTable { HistoryTable(connection: connection) }
    var audit: AuditTable { AuditTable(connection: connection) }

    var security: SecuritySettings {
        get throws { try settings.value(.security) ?? SecuritySettings() }
    }

    /// [Enable Timer for Certificate Issuance Auto Request]
    var isTimerEnabled: Bool {
        get throws { try settings.autoRequestSettings.isTimerEnabled }
    }
}
