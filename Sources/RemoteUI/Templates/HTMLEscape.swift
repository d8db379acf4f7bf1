/// Escapes text for an HTML element or a quoted attribute: `&`, `<`, `>`, `"` and `'`, always all five.
enum HTMLEscape {
    static func append(_ text: String, to buffer: inout [UInt8]) {
        var text = text
        text.withUTF8 { bytes in
            buffer.reserveCapacity(buffer.count + bytes.count)
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "&"): buffer.append(contentsOf: "&amp;".utf8)
                case UInt8(ascii: "<"): buffer.append(contentsOf: "&lt;".utf8)
                case UInt8(ascii: ">"): buffer.append(contentsOf: "&gt;".utf8)
                case UInt8(ascii: "\""): buffer.append(contentsOf: "&quot;".utf8)
                case UInt8(ascii: "'"): buffer.append(contentsOf: "&#39;".utf8)
                default: buffer.append(byte)
                }
            }
        }
    }
}
