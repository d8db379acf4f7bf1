/// Walks over the elements of DER with checked lengths and without recursion.
struct DERCursor {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    private init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// The tag of the element that ``next()`` will give.
    var tag: UInt8? { rest.first }

    /// Takes one element of definite length (below 16 MiB) with a one-byte tag.
    mutating func next() throws(PKIError) -> (tag: UInt8, content: ArraySlice<UInt8>, whole: ArraySlice<UInt8>) {
        let start = rest
        guard let tag = rest.popFirst(), let first = rest.popFirst() else { throw Self.cutShort }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7f)
            guard (1...3).contains(count), rest.count >= count else { throw Self.cutShort }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard rest.count >= length else { throw Self.cutShort }
        defer { rest = rest.dropFirst(length) }
        let end = rest.startIndex + length
        return (tag, rest[..<end], start[..<end])
    }

    /// Takes one element that must have this tag and gives a cursor over its content.
    mutating func enter(_ expected: UInt8) throws(PKIError) -> DERCursor {
        let element = try next()
        guard element.tag == expected else { throw PKIError(.malformed, "an element has another type than expected") }
        return DERCursor(element.content)
    }

    private static var cutShort: PKIError { PKIError(.malformed, "an element is cut short") }
}
