import HTTP
import Machine

extension KeyEntry {
    /// The address of the key's details.
    var path: String { "/settings/keys/\(PercentCoding.encode(name))" }

    /// The picture beside its name: a key that has no certificate yet looks different.
    var icon: String { subject == nil ? "key" : "certificate" }

    /// Why the key would not be deleted, as far as can be seen; the machine decides when it is asked (K4).
    var refusalToDelete: KeyRefusal? {
        if isDefault { return .isDefault }
        switch state {
        case .inUse: return .inUse(use)
        case .waitingForCertificate: return .waitingForCertificate
        case .assigned, .restartPending, .corrupted, .idle: return nil
        }
    }
}
