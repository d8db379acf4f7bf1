import COpenSSL
import FoundationEssentials
import Glibc

/// The seam to OpenSSL's decoders and encoders: bytes to objects and back, ASN.1 primitives to Swift values.
enum ASN1 {
    /// Runs a `d2i` function over all of the bytes. The caller owns the result.
    static func decode(
        _ bytes: [UInt8], as what: String,
        _ d2i: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?,
        free: (OpaquePointer) -> Void
    ) throws(PKIError) -> OpaquePointer {
        guard bytes.count <= PKIError.inputLimit else {
            throw PKIError(.tooLarge, "\(what): \(bytes.count) bytes are too many")
        }
        ERR_clear_error()
        let (object, used) = bytes.withUnsafeBufferPointer { buffer -> (OpaquePointer?, Int) in
            guard let start = buffer.baseAddress else { return (nil, 0) }
            var cursor: UnsafePointer<UInt8>? = start
            let object = d2i(&cursor, buffer.count)
            return (object, cursor.map { $0 - start } ?? 0)
        }
        guard let object else { throw .drained(.malformed, "\(what): cannot be read") }
        guard used == bytes.count else {
            free(object)
            throw PKIError(.malformed, "\(what): \(bytes.count - used) bytes after the end")
        }
        return object
    }

    /// Runs an `i2d` function, which is asked for the length first.
    static func encode(
        _ what: String, _ i2d: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws(PKIError) -> [UInt8] {
        let length = Int(i2d(nil))
        guard length > 0 else { throw .drained(.library, "\(what): cannot be encoded") }
        var written = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var cursor = buffer.baseAddress
            written = Int(i2d(&cursor))
            count = max(0, min(written, length))
        }
        guard written == length else { throw .drained(.library, "\(what): cannot be encoded") }
        return bytes
    }

    /// The content octets of a string type, an INTEGER (its magnitude) or a BIT STRING.
    static func bytes(_ string: UnsafePointer<ASN1_STRING>) -> [UInt8] {
        let length = Int(ASN1_STRING_length(string))
        guard length > 0, let data = ASN1_STRING_get0_data(string) else { return [] }
        return [UInt8](UnsafeBufferPointer(start: data, count: length))
    }

    /// The text of a character string type. Some software writes UTF-8 or Latin-1 into types that allow neither, so
    /// what is valid UTF-8 is read as such and everything else as Latin-1: no text is lost, nothing traps.
    static func text(_ string: UnsafePointer<ASN1_STRING>) -> String {
        let type = ASN1_STRING_type(string)
        if type == V_ASN1_BMPSTRING || type == V_ASN1_UNIVERSALSTRING {
            var utf8: UnsafeMutablePointer<UInt8>?
            let length = ASN1_STRING_to_UTF8(&utf8, string)
            ERR_clear_error()
            defer { CRYPTO_free(utf8, #file, #line) }
            if length >= 0, let utf8 {
                return String(decoding: UnsafeBufferPointer(start: utf8, count: Int(length)), as: UTF8.self)
            }
        }
        let octets = bytes(string)
        return String(validating: octets, as: UTF8.self)
            ?? String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
    }

    /// The dotted form of an object identifier.
    static func oid(_ object: OpaquePointer?) -> String {
        var text = [CChar](repeating: 0, count: 128)
        let length = OBJ_obj2txt(&text, Int32(text.count), object, 1)
        guard length > 0, Int(length) < text.count else {
            ERR_clear_error()
            return ""
        }
        return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// UTCTime or GeneralizedTime.
    static func date(_ time: UnsafePointer<ASN1_TIME>?) throws(PKIError) -> Date {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { throw .drained(.malformed, "time: cannot be read") }
        return Date(timeIntervalSince1970: Double(timegm(&parts)))
    }

    /// Everything that is in a memory BIO.
    static func contents(of bio: OpaquePointer) -> [UInt8] {
        let pending = Int(BIO_ctrl_pending(bio))
        guard pending > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: pending) { buffer, count in
            count = max(0, Int(BIO_read(bio, buffer.baseAddress, Int32(pending))))
        }
    }

    /// A memory BIO that holds a copy of the bytes. The caller frees it.
    static func bio(_ bytes: [UInt8]) throws(PKIError) -> OpaquePointer {
        guard bytes.count <= PKIError.inputLimit else { throw PKIError(.tooLarge, "\(bytes.count) bytes are too many") }
        guard let bio = BIO_new(BIO_s_mem()) else { throw .drained(.library, "memory BIO") }
        // Without this an empty BIO says "try again later", not "end".
        BIO_ctrl(bio, BIO_C_SET_BUF_MEM_EOF_RETURN, 0, nil)
        guard bytes.isEmpty || BIO_write(bio, bytes, Int32(bytes.count)) == Int32(bytes.count) else {
            BIO_free_all(bio)
            throw .drained(.library, "memory BIO")
        }
        return bio
    }

    /// A stack that holds (and counts a reference to) each certificate. Free it with ``freeCertificates(_:)``.
    static func stack(of certificates: [Certificate]) throws(PKIError) -> OpaquePointer {
        guard let stack = OPENSSL_sk_new_null() else { throw .drained(.library, "stack of certificates") }
        for certificate in certificates {
            let pushed = certificate.handle.with { x509 in
                X509_up_ref(x509) == 1 && OPENSSL_sk_push(stack, UnsafeRawPointer(x509)) > 0
            }
            guard pushed else {
                freeCertificates(stack)
                throw .drained(.library, "stack of certificates")
            }
        }
        return stack
    }

    static func freeCertificates(_ stack: OpaquePointer?) {
        while let x509 = OPENSSL_sk_pop(stack) { X509_free(OpaquePointer(x509)) }
        OPENSSL_sk_free(stack)
    }
}
