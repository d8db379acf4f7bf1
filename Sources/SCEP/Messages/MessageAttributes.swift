import PKI

/// Reads the signed attributes of a pkiMessage: one value each, any of the string types.
struct MessageAttributes {
    let signedData: SignedData

    /// The value of a text attribute, or nil when it is absent or no text.
    /// - Throws: `duplicateAttribute` when it stands twice or has several values.
    func text(_ oid: String) throws(PKIError) -> String? { try signedData.attribute(oid)?.text }

    /// The value of an OCTET STRING attribute, or nil when it is absent or something else.
    func octets(_ oid: String) throws(PKIError) -> [UInt8]? {
        if case .octets(let bytes) = try signedData.attribute(oid) { bytes } else { nil }
    }
}
