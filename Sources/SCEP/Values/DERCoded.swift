import PKI

/// A value with a DER encoding, by which it is stored.
protocol DERValue: Sendable, Equatable {
    init(der: [UInt8]) throws(PKIError)
    var der: [UInt8] { get }
}

extension Certificate: DERValue {}
extension CertificateRequest: DERValue {}
extension Name: DERValue {}

/// Stores a value as its DER encoding in base64. Damaged bytes are found when they are read, not when they are used.
struct DERCoded<Value: DERValue>: Codable, Sendable, Equatable {
    let value: Value

    init(_ value: Value) { self.value = value }

    init(from decoder: any Decoder) throws {
        let bytes = try Base64Bytes(from: decoder).bytes
        do {
            value = try Value(der: bytes)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.reason, underlyingError: error))
        }
    }

    func encode(to encoder: any Encoder) throws { try Base64Bytes(value.der).encode(to: encoder) }
}
