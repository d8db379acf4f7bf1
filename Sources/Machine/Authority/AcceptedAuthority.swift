import FoundationEssentials
import PKI
import SCEP

/// The CA that an administrator has accepted (C6).
public struct AcceptedAuthority: Sendable, Equatable {
    public let certificate: Certificate
    /// SHA-256.
    public var fingerprint: Fingerprint { Fingerprint(of: certificate) }
    public let acceptedAt: Date
    /// The administrator's name.
    public let acceptedBy: String

    /// As it is stored.
    struct Record: Codable, Sendable {
        let certificate: Data
        let acceptedAt: Date
        let acceptedBy: String
    }

    init(certificate: Certificate, acceptedAt: Date, acceptedBy: String) {
        self.certificate = certificate
        self.acceptedAt = acceptedAt
        self.acceptedBy = acceptedBy
    }

    init(_ record: Record) throws {
        self.init(
            certificate: try Certificate(der: [UInt8](record.certificate)), acceptedAt: record.acceptedAt,
            acceptedBy: record.acceptedBy)
    }

    var record: Record {
        Record(certificate: Data(certificate.der), acceptedAt: acceptedAt, acceptedBy: acceptedBy)
    }
}
