import PKI

/// The certificates in the body of a GetCACert reply or inside a CertRep, in whatever form a server sends them:
/// one DER certificate, a degenerate SignedData (DER or BER), or either as PEM or bare base64. The media type is
/// not asked: it is missing, wrong or swapped too often.
enum CertificateBundle {
    /// Why no certificates came out.
    struct Unreadable: Error { let reason: String }

    /// The certificates, each once, in the order in which they stand.
    static func read(_ body: [UInt8]) throws(Unreadable) -> [Certificate] {
        var certificates: [Certificate] = []
        for block in try binaryBlocks(body) {
            for certificate in try readBinary(block) where !certificates.contains(certificate) {
                certificates.append(certificate)
            }
        }
        return certificates
    }

    private static func readBinary(_ body: [UInt8]) throws(Unreadable) -> [Certificate] {
        let value = try withoutTrailer(body)
        do {
            return isContentInfo(value)
                ? try SignedData.degenerateCertificates(value) : [try Certificate(der: value)]
        } catch {
            throw Unreadable(reason: error.reason)
        }
    }

    /// A ContentInfo starts with an object identifier, a certificate with another sequence.
    private static func isContentInfo(_ body: [UInt8]) -> Bool {
        guard body.count > 2, body[0] == DER.sequence else { return false }
        let lengthOctets = body[1] > 0x80 ? Int(body[1] & 0x7f) : 0
        let inner = 2 + lengthOctets
        return inner < body.count && body[inner] == DER.objectIdentifier
    }

    /// Cuts blanks and zeros behind a definite-length value; anything else there is refused.
    private static func withoutTrailer(_ body: [UInt8]) throws(Unreadable) -> [UInt8] {
        guard body.count > 1, body[1] != 0x80 else { return body }
        var rest = body[...]
        guard let value = DER.next(&rest) else { throw Unreadable(reason: "the value is shorter than its length says") }
        guard rest.allSatisfy({ $0 == 0 || isBlank($0) }) else {
            throw Unreadable(reason: "\(rest.count) bytes of something else follow")
        }
        return Array(value.encoded)
    }

    private static func binaryBlocks(_ body: [UInt8]) throws(Unreadable) -> [[UInt8]] {
        if body.first == DER.sequence && !looksLikeBase64(body) { return [body] }
        let text = String(decoding: body, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { $0 != " " && $0 != "\t" } }
        if !text.contains("-----BEGIN") { return [try decode(lines.joined())] }
        var blocks: [[UInt8]] = []
        var current: String?
        for line in lines {
            if line.hasPrefix("-----BEGIN") {
                current = ""
            } else if line.hasPrefix("-----END") {
                guard let base64 = current else { throw Unreadable(reason: "PEM that ends before it begins") }
                blocks.append(try decode(base64))
                current = nil
            } else {
                current?.append(line)
            }
        }
        return blocks
    }

    private static func decode(_ base64: String) throws(Unreadable) -> [UInt8] {
        guard let bytes = Base64.decode(base64), !bytes.isEmpty else {
            throw Unreadable(reason: "neither DER nor base64")
        }
        return bytes
    }

    /// "0" is both the tag of a sequence and a base64 digit.
    private static func looksLikeBase64(_ body: [UInt8]) -> Bool {
        body.prefix(16).allSatisfy { $0 >= 0x20 && $0 < 0x7f }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
}
