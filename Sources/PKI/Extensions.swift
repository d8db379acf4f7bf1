import COpenSSL

/// The extensions of certificates and requests that matter here (RFC 5280 §4.2.1).
struct Extensions: Sendable {
    var keyUsage: KeyUsage?
    var extendedKeyUsages: [String] = []
    var subjectAltNames: [GeneralName] = []
    var isCA = false
    var pathLength: Int?
    var subjectKeyIdentifier: [UInt8]?
    var authorityKeyIdentifier: [UInt8]?

    init() {}

    /// From a `STACK_OF(X509_EXTENSION)` of OpenSSL's, which may be nil.
    ///
    /// - Throws: `malformed` when one of these extensions cannot be read or stands twice.
    init(borrowing stack: OpaquePointer?) throws(PKIError) {
        if let value = try Self.value(NID_key_usage, in: stack) {
            let bits = value.assumingMemoryBound(to: ASN1_BIT_STRING.self)
            defer { ASN1_BIT_STRING_free(bits) }
            keyUsage = KeyUsage(bits: ASN1.bytes(bits))
        }
        if let value = try Self.value(NID_ext_key_usage, in: stack) {
            let usages = OpaquePointer(value)
            defer { EXTENDED_KEY_USAGE_free(usages) }
            for index in 0..<max(0, OPENSSL_sk_num(usages)) {
                extendedKeyUsages.append(ASN1.oid(OpaquePointer(OPENSSL_sk_value(usages, index))))
            }
        }
        if let value = try Self.value(NID_subject_alt_name, in: stack) {
            let names = OpaquePointer(value)
            defer { GENERAL_NAMES_free(names) }
            for index in 0..<max(0, OPENSSL_sk_num(names)) {
                guard let name = OPENSSL_sk_value(names, index) else { continue }
                subjectAltNames.append(GeneralName(borrowing: name.assumingMemoryBound(to: GENERAL_NAME.self)))
            }
        }
        if let value = try Self.value(NID_basic_constraints, in: stack) {
            let constraints = value.assumingMemoryBound(to: BASIC_CONSTRAINTS.self)
            defer { BASIC_CONSTRAINTS_free(constraints) }
            isCA = constraints.pointee.ca != 0
            if let limit = constraints.pointee.pathlen { pathLength = Int(ASN1_INTEGER_get(limit)) }
        }
        if let value = try Self.value(NID_subject_key_identifier, in: stack) {
            let identifier = value.assumingMemoryBound(to: ASN1_OCTET_STRING.self)
            defer { ASN1_OCTET_STRING_free(identifier) }
            subjectKeyIdentifier = ASN1.bytes(identifier)
        }
    }

    private static func value(_ nid: Int32, in stack: OpaquePointer?) throws(PKIError) -> UnsafeMutableRawPointer? {
        var critical: Int32 = 0
        let value = X509V3_get_d2i(stack, nid, &critical, nil)
        // -1: there is none; -2: it stands twice; anything else without a value: it cannot be decoded.
        guard value != nil || critical == -1 else {
            throw .drained(.malformed, "extension \(String(cString: OBJ_nid2sn(nid))): cannot be read or stands twice")
        }
        return value
    }

    /// SEQUENCE OF Extension; nil when there is nothing to say.
    ///
    /// - Parameter subjectIsEmpty: the alternative names are critical then (RFC 5280 §4.2.1.6).
    func der(subjectIsEmpty: Bool) throws(PKIError) -> [UInt8]? {
        var list: [[UInt8]] = []
        func append(_ oid: String, critical: Bool = false, _ value: [UInt8]) throws(PKIError) {
            var parts = [try DER.objectIdentifier(oid)]
            if critical { parts.append(DER.boolean(true)) }
            list.append(DER.sequence(of: parts + [DER.octetString(value)]))
        }
        if isCA {
            let limit = try pathLength.map { length throws(PKIError) in
                guard (0...255).contains(length) else { throw PKIError(.invalidInput, "path length \(length)") }
                return DER.integer(UInt8(length))
            }
            try append("2.5.29.19", critical: true, DER.sequence(DER.boolean(true), limit ?? []))
        }
        if let keyUsage, !keyUsage.isEmpty { try append("2.5.29.15", critical: true, keyUsage.der) }
        if !extendedKeyUsages.isEmpty {
            var usages: [[UInt8]] = []
            for usage in extendedKeyUsages { usages.append(try DER.objectIdentifier(usage)) }
            try append("2.5.29.37", DER.sequence(of: usages))
        }
        if !subjectAltNames.isEmpty {
            var names: [[UInt8]] = []
            for name in subjectAltNames { names.append(try name.der()) }
            try append("2.5.29.17", critical: subjectIsEmpty, DER.sequence(of: names))
        }
        if let subjectKeyIdentifier { try append("2.5.29.14", DER.octetString(subjectKeyIdentifier)) }
        if let authorityKeyIdentifier {
            try append("2.5.29.35", DER.sequence(DER.element(0x80, authorityKeyIdentifier)))
        }
        return list.isEmpty ? nil : DER.sequence(of: list)
    }
}
