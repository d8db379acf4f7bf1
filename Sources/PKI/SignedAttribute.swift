import COpenSSL

/// A signed attribute of a SignerInfo (RFC 5652 §5.3, RFC 8894 §3.2.1).
public struct SignedAttribute: Sendable, Hashable {
    public enum Value: Sendable, Hashable {
        case printable(String)
        /// UTF8String; on input also every other character string type except PrintableString.
        case utf8(String)
        case octets([UInt8])
        /// Anything else: the whole DER element.
        case other([UInt8])

        /// The text of either string form.
        public var text: String? {
            switch self {
            case .printable(let text), .utf8(let text): text
            case .octets, .other: nil
            }
        }
    }

    /// The object identifier, dotted.
    public let oid: String
    public let value: Value

    public init(oid: String, value: Value) {
        self.oid = oid
        self.value = value
    }

    /// Attribute ::= SEQUENCE { type, SET { value } }.
    func der() throws(PKIError) -> [UInt8] {
        let encoded: [UInt8]
        switch value {
        case .printable(let text):
            guard DER.isPrintable(text) else {
                throw PKIError(.invalidInput, "attribute \(oid): not a PrintableString")
            }
            encoded = DER.printableString(text)
        case .utf8(let text): encoded = DER.utf8String(text)
        case .octets(let bytes): encoded = DER.octetString(bytes)
        case .other(let element): encoded = element
        }
        return DER.sequence(try DER.objectIdentifier(oid), DER.set(of: [encoded]))
    }
}

extension SignedAttribute.Value {
    init(borrowing type: UnsafeMutablePointer<ASN1_TYPE>) throws(PKIError) {
        if let text = type.pointee.text {
            self = type.pointee.type == V_ASN1_PRINTABLESTRING ? .printable(text) : .utf8(text)
        } else if type.pointee.type == V_ASN1_OCTET_STRING, let string = type.pointee.value.octet_string {
            self = .octets(ASN1.bytes(string))
        } else {
            self = .other(try ASN1.encode("attribute") { i2d_ASN1_TYPE(type, $0) })
        }
    }
}
