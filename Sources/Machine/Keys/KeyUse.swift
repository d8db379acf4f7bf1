/// Where a key belongs: [Key Use Location] in manual A, [Key Usage] in manual B.
public enum KeyUse: Hashable, Sendable {
    case none
    case tls
    case ieee8021X
    /// One of the machine's IPSec policies, 1 to 10.
    case ipsec(policy: Int)

    public static let ipsecPolicies = 1...10

    /// Whether the function behind the use is switched on, so that a key assigned to it is really used (I6).
    ///
    /// TLS always serves this Remote UI. The machine has no IEEE 802.1X and no IPSec function yet: a key for them is
    /// assigned and waits.
    public var isFunctionEnabled: Bool { self == .tls }

    /// The stored form, which is also a form's value: `none`, `tls`, `ieee8021x`, `ipsec-3`.
    public var identifier: String {
        switch self {
        case .none: "none"
        case .tls: "tls"
        case .ieee8021X: "ieee8021x"
        case .ipsec(let policy): "ipsec-\(policy)"
        }
    }

    public init?(identifier: String) {
        switch identifier {
        case "none": self = .none
        case "tls": self = .tls
        case "ieee8021x": self = .ieee8021X
        default:
            guard identifier.hasPrefix("ipsec-"), let policy = Int(identifier.dropFirst(6)),
                KeyUse.ipsecPolicies.contains(policy), identifier == "ipsec-\(policy)"
            else { return nil }
            self = .ipsec(policy: policy)
        }
    }
}

extension KeyUse: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let use = KeyUse(identifier: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a key use")
        }
        self = use
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(identifier)
    }
}
