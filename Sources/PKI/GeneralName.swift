import COpenSSL
import Glibc

/// One name in a subjectAltName (RFC 5280 §4.2.1.6).
public enum GeneralName: Sendable, Hashable {
    case dns(String)
    /// 4 or 16 bytes in network order.
    case ip([UInt8])
    case email(String)
    case uri(String)
    /// Any other kind, for display only: it cannot be put into a request or a certificate.
    case other(String)

    /// How a common name is repeated in the subjectAltName: an IP address literal as iPAddress, all else as dNSName.
    public init(commonName: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, commonName, &bytes) == 1 {
            self = .ip(Array(bytes.prefix(4)))
        } else if inet_pton(AF_INET6, commonName, &bytes) == 1 {
            self = .ip(bytes)
        } else {
            self = .dns(commonName)
        }
    }

    /// - Throws: `invalidInput` for text that is not ASCII, an address of another length, or ``other(_:)``.
    func der() throws(PKIError) -> [UInt8] {
        switch self {
        case .email(let text): return try Self.ia5(1, text)
        case .dns(let text): return try Self.ia5(2, text)
        case .uri(let text): return try Self.ia5(6, text)
        case .ip(let address):
            guard address.count == 4 || address.count == 16 else {
                throw PKIError(.invalidInput, "length of an address")
            }
            return DER.element(0x87, address)
        case .other: throw PKIError(.invalidInput, "a name of this kind cannot be written")
        }
    }

    private static func ia5(_ number: UInt8, _ text: String) throws(PKIError) -> [UInt8] {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else {
            throw PKIError(.invalidInput, "a subject alternative name must be ASCII text")
        }
        return DER.element(0x80 | number, Array(text.utf8))
    }

    /// From a `GENERAL_NAME` of OpenSSL's.
    init(borrowing name: UnsafePointer<GENERAL_NAME>) {
        var type: Int32 = 0
        let value = GENERAL_NAME_get0_value(name, &type)
        guard let value else {
            self = .other("unknown")
            return
        }
        let string = value.assumingMemoryBound(to: ASN1_STRING.self)
        switch type {
        case GEN_EMAIL: self = .email(ASN1.text(string))
        case GEN_DNS: self = .dns(ASN1.text(string))
        case GEN_URI: self = .uri(ASN1.text(string))
        case GEN_IPADD: self = .ip(ASN1.bytes(string))
        case GEN_DIRNAME:
            let der = try? ASN1.encode("directory name") { i2d_X509_NAME(OpaquePointer(value), $0) }
            let name = der.flatMap { try? Name(der: $0) }
            self = .other("directory name " + (name?.description ?? ""))
        case GEN_OTHERNAME:
            self = .other("other name " + ASN1.oid(value.assumingMemoryBound(to: OTHERNAME.self).pointee.type_id))
        case GEN_RID: self = .other("registered ID " + ASN1.oid(OpaquePointer(value)))
        default: self = .other("type \(type)")
        }
    }
}
