/// What a certificate's key may be used for (RFC 5280 §4.2.1.3).
public struct KeyUsage: OptionSet, Hashable, Sendable {
    /// Bit 0 of the standard is 0x80, bit 7 is 0x01, bit 8 is 0x8000.
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let digitalSignature = KeyUsage(rawValue: 0x80)
    public static let nonRepudiation = KeyUsage(rawValue: 0x40)
    public static let keyEncipherment = KeyUsage(rawValue: 0x20)
    public static let dataEncipherment = KeyUsage(rawValue: 0x10)
    public static let keyAgreement = KeyUsage(rawValue: 0x08)
    public static let keyCertSign = KeyUsage(rawValue: 0x04)
    public static let cRLSign = KeyUsage(rawValue: 0x02)
    public static let encipherOnly = KeyUsage(rawValue: 0x01)
    public static let decipherOnly = KeyUsage(rawValue: 0x8000)

    /// From the octets of the BIT STRING.
    init(bits: [UInt8]) {
        rawValue = UInt16(bits.first ?? 0) | (bits.count > 1 ? UInt16(bits[1]) << 8 : 0)
    }

    /// The BIT STRING, without trailing zero bits as DER wants it.
    var der: [UInt8] {
        var bytes = [UInt8(rawValue & 0xff), UInt8(rawValue >> 8)]
        while bytes.last == 0 { bytes.removeLast() }
        return DER.bitString(bytes, unusedBits: UInt8(bytes.last?.trailingZeroBitCount ?? 0))
    }
}
