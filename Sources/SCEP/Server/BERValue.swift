/// One ASN.1 value as a tree, to be written again with other lengths.
struct BERValue {
    let tag: UInt8
    /// Of a primitive value.
    let content: [UInt8]
    /// Of a constructed value.
    var children: [BERValue]
    /// Written with a length that is not told in advance.
    var isIndefinite = false

    init(tag: UInt8, content: [UInt8]) {
        self.tag = tag
        self.content = content
        children = []
    }

    init(tag: UInt8, children: [BERValue]) {
        self.tag = tag
        content = []
        self.children = children
    }

    /// Reads DER.
    init(_ der: [UInt8]) throws(SCEPError) {
        var rest = der[...]
        guard let element = DER.next(&rest), rest.isEmpty else {
            throw SCEPError(.cryptography, "a message of our own is no DER")
        }
        try self.init(element)
    }

    private init(_ element: DER.Element) throws(SCEPError) {
        guard element.tag & 0x20 != 0 else {
            self.init(tag: element.tag, content: Array(element.content))
            return
        }
        var children: [BERValue] = []
        var rest = element.content
        while !rest.isEmpty {
            guard let child = DER.next(&rest) else {
                throw SCEPError(.cryptography, "a message of our own is no DER")
            }
            children.append(try BERValue(child))
        }
        self.init(tag: element.tag, children: children)
    }

    var isConstructed: Bool { tag & 0x20 != 0 }

    /// Changes the value at a path of child numbers.
    mutating func editChild(_ path: Int..., edit: (inout BERValue) -> Void) throws(SCEPError) {
        try editChild(path[...], edit)
    }

    private mutating func editChild(_ path: ArraySlice<Int>, _ edit: (inout BERValue) -> Void) throws(SCEPError) {
        guard let index = path.first else { return edit(&self) }
        guard children.indices.contains(index) else {
            throw SCEPError(.cryptography, "a message of our own has another shape than expected")
        }
        try children[index].editChild(path.dropFirst(), edit)
    }

    /// The same value with indefinite lengths throughout, octet strings in pieces.
    func indefinite() -> BERValue {
        if isConstructed {
            var copy = BERValue(tag: tag, children: children.map { $0.indefinite() })
            copy.isIndefinite = true
            return copy
        }
        guard tag == 0x04, content.count > 1 else { return self }
        let middle = content.count / 2
        var copy = BERValue(
            tag: 0x24,
            children: [
                BERValue(tag: 0x04, content: Array(content[..<middle])),
                BERValue(tag: 0x04, content: Array(content[middle...])),
            ])
        copy.isIndefinite = true
        return copy
    }

    var encoded: [UInt8] {
        guard isConstructed else { return DER.encode(tag: tag, content) }
        let inner = children.flatMap(\.encoded)
        return isIndefinite ? [tag, 0x80] + inner + [0, 0] : DER.encode(tag: tag, inner)
    }
}
