import HTTPTypes

/// Writes a field line, the same in requests and responses (RFC 9112 section 5).
enum FieldEncoder {
    static func append(_ field: HTTPField, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: field.name.rawName.utf8)
        bytes.append(contentsOf: ": ".utf8)
        field.withUnsafeBytesOfValue { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\r\n".utf8)
    }
}
