import COpenSSL

/// Reading the ANY values of attributes.
extension ASN1_TYPE {
    /// The text, if this is a character string.
    var text: String? {
        switch type {
        case V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING, V_ASN1_IA5STRING, V_ASN1_T61STRING, V_ASN1_VISIBLESTRING,
            V_ASN1_NUMERICSTRING, V_ASN1_BMPSTRING, V_ASN1_UNIVERSALSTRING:
            value.asn1_string.map { ASN1.text($0) }
        default: nil
        }
    }
}
