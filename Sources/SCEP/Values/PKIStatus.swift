/// The pkiStatus attribute of a reply (RFC 8894 §3.2.1.3).
public enum PKIStatus: String, Sendable, Codable, CaseIterable {
    case success = "0"
    case failure = "2"
    case pending = "3"
}
