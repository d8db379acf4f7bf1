import COpenSSL

/// Decoding of ContentInfo, shared by signed and enveloped data. BER is accepted: indefinite lengths, strings in parts.
enum CMS {
    enum Kind {
        case signed, enveloped

        var nid: Int32 { self == .signed ? NID_pkcs7_signed : NID_pkcs7_enveloped }
    }

    /// The caller frees the result with `CMS_ContentInfo_free`.
    ///
    /// - Parameter library: an `OSSL_LIB_CTX` for the algorithms of this message; nil for the default one.
    static func decode(_ ber: [UInt8], _ kind: Kind, library: OpaquePointer? = nil) throws(PKIError) -> OpaquePointer {
        let decoded = try ASN1.decode(
            ber, as: "message",
            { cursor, length in
                var message = CMS_ContentInfo_new_ex(library, nil)
                // On failure d2i frees the object that it was given and sets the variable to nil.
                return message == nil ? nil : d2i_CMS_ContentInfo(&message, cursor, length)
            }, free: CMS_ContentInfo_free)
        guard OBJ_obj2nid(CMS_get0_type(decoded)) == kind.nid else {
            CMS_ContentInfo_free(decoded)
            throw PKIError(.malformed, "message: not \(kind == .signed ? "signed" : "enveloped") data")
        }
        return decoded
    }
}
