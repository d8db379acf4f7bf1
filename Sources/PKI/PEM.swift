/// Text armour around DER (RFC 7468).
enum PEM {
    static func encode(_ der: [UInt8], label: String) -> String {
        let text = Array(Base64.encode(der).utf8)
        var lines = ["-----BEGIN \(label)-----"]
        for start in stride(from: 0, to: text.count, by: 64) {
            lines.append(String(decoding: text[start..<min(start + 64, text.count)], as: UTF8.self))
        }
        lines.append("-----END \(label)-----")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The content of the first block with this label; nil when there is none.
    static func decode(_ pem: String, label: String) throws(PKIError) -> [UInt8]? {
        guard pem.utf8.count <= 2 * PKIError.inputLimit else { throw PKIError(.tooLarge, "PEM: too many bytes") }
        let lines = pem.split(whereSeparator: { $0.isNewline }).map { line in
            line.drop { $0 == " " || $0 == "\t" }.trimmingEnd()
        }
        guard let begin = lines.firstIndex(of: "-----BEGIN \(label)-----") else { return nil }
        guard let end = lines[begin...].firstIndex(of: "-----END \(label)-----") else {
            throw PKIError(.malformed, "PEM: no end line")
        }
        guard let der = Base64.decode(lines[(begin + 1)..<end].joined()) else {
            throw PKIError(.malformed, "PEM: not base64")
        }
        return der
    }
}

extension Substring {
    fileprivate func trimmingEnd() -> String {
        var text = self
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
