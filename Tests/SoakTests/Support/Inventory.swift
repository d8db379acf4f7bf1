import PKI
import SCEP

@testable import Machine

/// What a machine's store holds at one moment.
struct Inventory: Sendable {
    struct Key: Sendable {
        let id: Int
        let name: String
        let use: KeyUse
        let state: KeyEntry.State
        let isDefault: Bool
        /// Nil when the private key cannot be read.
        let publicKey: PublicKey?
        let certificate: Certificate?
    }

    struct Open: Sendable {
        let id: IssuanceID
        let state: IssuanceProgress.State
        let historyNumber: Int?
        let keyID: Int?
        let transaction: Transaction?
    }

    let keys: [Key]
    let open: [Open]
    /// The newest first.
    let history: [HistoryEntry]
    /// The key in service for each use.
    let serving: [KeyUse: Int]
    let alteredAuditEntry: Int?
}

extension Machine {
    func inventory() async throws -> Inventory {
        try await store.read { tables in
            let keys = try tables.keys.all().map { record in
                Inventory.Key(
                    id: record.id, name: record.name, use: record.use, state: try tables.state(of: record),
                    isDefault: record.isDefault, publicKey: try? tables.keys.privateKey(record).publicKey,
                    certificate: record.certificate.flatMap { try? Certificate(der: $0) })
            }
            let states: [IssuanceProgress.State] = [.running, .polling, .waiting]
            let open = try states.flatMap { try tables.issuances.all($0) }.map { record in
                Inventory.Open(
                    id: record.id, state: record.state, historyNumber: record.historyNumber, keyID: record.keyID,
                    transaction: record.sealedTransaction == nil ? nil : try tables.issuances.transaction(record))
            }
            var serving: [KeyUse: Int] = [:]
            for use in Set(keys.map(\.use)) { serving[use] = try tables.keys.inService(use)?.current }
            return Inventory(
                keys: keys, open: open, history: try tables.history.all(), serving: serving,
                alteredAuditEntry: try tables.audit.firstBrokenEntry())
        }
    }
}
