import COpenSSL

/// An X.501 distinguished name (RFC 5280 §4.1.2.4).
///
/// `==` compares the encodings byte by byte; ``matches(_:)`` compares as certificate paths do.
public struct Name: Sendable, Hashable, CustomStringConvertible {
    /// The attribute types that a name can be made from. The raw value is the object identifier.
    public enum Attribute: String, Sendable, CaseIterable {
        case commonName = "2.5.4.3"
        case serialNumber = "2.5.4.5"
        case country = "2.5.4.6"
        case locality = "2.5.4.7"
        case stateOrProvince = "2.5.4.8"
        case organization = "2.5.4.10"
        case organizationalUnit = "2.5.4.11"
        case domainComponent = "0.9.2342.19200300.100.1.25"
        case emailAddress = "1.2.840.113549.1.9.1"

        /// The most characters that RFC 5280 Appendix A.1 allows.
        public var maximumLength: Int {
            switch self {
            case .country: 2
            case .commonName, .serialNumber, .organization, .organizationalUnit: 64
            case .locality, .stateOrProvince: 128
            case .domainComponent: 63
            case .emailAddress: 255
            }
        }

        var label: String {
            switch self {
            case .commonName: "CN"
            case .serialNumber: "serialNumber"
            case .country: "C"
            case .locality: "L"
            case .stateOrProvince: "ST"
            case .organization: "O"
            case .organizationalUnit: "OU"
            case .domainComponent: "DC"
            case .emailAddress: "emailAddress"
            }
        }
    }

    private struct Entry: Sendable {
        let type: String
        let text: String
        /// Entries with the same number form one relative distinguished name.
        let set: Int32
    }

    public let der: [UInt8]
    private let entries: [Entry]

    /// `O=…, CN=…`, or only the common name. Each 1 to 64 characters; an empty organization counts as none.
    ///
    /// - Throws: `invalidInput`.
    public init(organization: String? = nil, commonName: String) throws(PKIError) {
        var attributes: [(Attribute, String)] = []
        if let organization, !organization.isEmpty { attributes.append((.organization, organization)) }
        attributes.append((.commonName, commonName))
        try self.init(attributes: attributes)
    }

    /// One relative distinguished name for each attribute, in this order (most general first).
    ///
    /// - Throws: `invalidInput` for an empty or too long value, control characters, or a type that cannot hold it.
    public init(attributes: [(Attribute, String)]) throws(PKIError) {
        var names: [[UInt8]] = []
        for (type, text) in attributes {
            let value = try Self.encoded(type, text)
            names.append(DER.set(of: [DER.sequence(try DER.objectIdentifier(type.rawValue), value)]))
        }
        try self.init(der: DER.sequence(of: names))
    }

    private static func encoded(_ type: Attribute, _ text: String) throws(PKIError) -> [UInt8] {
        let length = text.unicodeScalars.count
        guard (1...type.maximumLength).contains(length), type != .country || length == 2 else {
            throw PKIError(.invalidInput, "\(type): \(length) characters")
        }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw PKIError(.invalidInput, "\(type): a control character")
        }
        switch type {
        case .country, .serialNumber:
            guard DER.isPrintable(text) else { throw PKIError(.invalidInput, "\(type): not a PrintableString") }
            return DER.printableString(text)
        case .domainComponent, .emailAddress:
            guard text.utf8.allSatisfy({ $0 < 0x80 }) else { throw PKIError(.invalidInput, "\(type): not ASCII") }
            return DER.ia5String(text)
        default: return DER.directoryString(text)
        }
    }

    /// - Throws: `malformed`, `tooLarge`.
    public init(der: [UInt8]) throws(PKIError) {
        let name = try ASN1.decode(der, as: "name", { d2i_X509_NAME(nil, $0, $1) }, free: X509_NAME_free)
        defer { X509_NAME_free(name) }
        try self.init(borrowing: name)
    }

    /// From an `X509_NAME` of OpenSSL's.
    init(borrowing name: OpaquePointer?) throws(PKIError) {
        der = try ASN1.encode("name") { i2d_X509_NAME(name, $0) }
        var entries: [Entry] = []
        for index in 0..<max(0, X509_NAME_entry_count(name)) {
            guard let entry = X509_NAME_get_entry(name, index), let value = X509_NAME_ENTRY_get_data(entry) else {
                continue
            }
            entries.append(
                Entry(
                    type: ASN1.oid(X509_NAME_ENTRY_get_object(entry)), text: ASN1.text(value),
                    set: X509_NAME_ENTRY_set(entry)))
        }
        self.entries = entries
    }

    public static func == (a: Name, b: Name) -> Bool { a.der == b.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }

    /// Whether both name the same thing by the rules of RFC 5280 §7.1: case, spaces and string type do not count.
    public func matches(_ other: Name) -> Bool {
        if der == other.der { return true }
        guard
            let mine = try? ASN1.decode(der, as: "name", { d2i_X509_NAME(nil, $0, $1) }, free: X509_NAME_free)
        else { return false }
        defer { X509_NAME_free(mine) }
        guard
            let theirs = try? ASN1.decode(other.der, as: "name", { d2i_X509_NAME(nil, $0, $1) }, free: X509_NAME_free)
        else { return false }
        defer { X509_NAME_free(theirs) }
        return X509_NAME_cmp(mine, theirs) == 0
    }

    public var isEmpty: Bool { entries.isEmpty }
    /// The last, which is the most specific one.
    public var commonName: String? { self[.commonName] }
    public var organization: String? { self[.organization] }

    /// The last value of this type.
    public subscript(_ type: Attribute) -> String? { entries.last { $0.type == type.rawValue }?.text }

    /// The string form of RFC 4514, most specific part first. Control characters and marks that change the direction
    /// of writing are escaped, for this text is what an administrator decides by.
    public var description: String {
        var parts: [String] = []
        var previous: Int32?
        for entry in entries {
            let label = Attribute(rawValue: entry.type)?.label ?? entry.type
            let part = label + "=" + Self.escaped(entry.text)
            if entry.set == previous, let last = parts.popLast() {
                parts.append(last + "+" + part)
            } else {
                parts.append(part)
            }
            previous = entry.set
        }
        return parts.reversed().joined(separator: ",")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\"", "+", ",", ";", "<", ">", "\\": result += "\\\(scalar)"
            case "#" where index == 0: result += "\\#"
            case " " where index == 0 || index == scalars.count - 1: result += "\\ "
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    for byte in String(scalar).utf8 { result += "\\" + Hex.encode([byte], uppercase: true) }
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }
}
