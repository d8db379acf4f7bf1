/// The little of DER that the engine needs itself: the shell of a value and the pair of names of a CertPoll.
enum DER {
    static let sequence: UInt8 = 0x30
    static let objectIdentifier: UInt8 = 0x06

    struct Element: Equatable {
        let tag: UInt8
        /// The content octets.
        let content: ArraySlice<UInt8>
        /// Tag, length and content.
        let encoded: ArraySlice<UInt8>
    }

    /// Takes the first value off `input`; nil when it is no single-byte tag with a definite length that fits.
    static func next(_ input: inout ArraySlice<UInt8>) -> Element? {
        guard let tag = input.first, tag & 0x1f != 0x1f else { return nil }
        var index = input.startIndex + 1
        guard index < input.endIndex else { return nil }
        var length = Int(input[index])
        index += 1
        if length >= 0x80 {
            let count = length & 0x7f
            guard (1...4).contains(count), index + count <= input.endIndex else { return nil }
            length = input[index..<index + count].reduce(0) { $0 << 8 | Int($1) }
            index += count
        }
        guard length <= input.endIndex - index else { return nil }
        let end = index + length
        let element = Element(tag: tag, content: input[index..<end], encoded: input[input.startIndex..<end])
        input = input[end...]
        return element
    }

    static func encode(tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag] + length(content.count) + content
    }

    private static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        var octets: [UInt8] = []
        var rest = count
        while rest > 0 {
            octets.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(octets.count)] + octets
    }
}
