/// The `operation` of a SCEP request target (RFC 8894 §4.1).
public enum TransportOperation: String, Sendable, Hashable, Codable, CaseIterable {
    case getCACaps = "GetCACaps"
    case getCACert = "GetCACert"
    case pkiOperation = "PKIOperation"
}
