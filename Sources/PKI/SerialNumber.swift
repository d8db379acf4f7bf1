/// Serial numbers of certificates (RFC 5280 §4.1.2.2).
public enum SerialNumber {
    /// 20 bytes, positive, at most 159 bits, never zero: what every known CA and client accepts.
    public static func random(using source: some RandomSource) throws(PKIError) -> [UInt8] {
        var bytes = try source.bytes(20)
        // The second highest bit is set so that the number is never zero and always takes 20 bytes.
        bytes[0] = bytes[0] & 0x7f | 0x40
        return bytes
    }
}
