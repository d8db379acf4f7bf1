import PKI

/// The one-time code that proves, at first start, that whoever sets the machine up can see its console (L1).
struct SetUpCode: Sendable {
    static let file = "set-up-code"
    /// Crockford's alphabet: no letter that reads as a digit.
    private static let alphabet = [UInt8]("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Three groups of four characters, 60 random bits.
    let text: String

    init(random: any RandomSource) throws {
        // 256 is a multiple of 32, so that every character is equally likely.
        let characters = try random.bytes(12).map { Self.alphabet[Int($0) % Self.alphabet.count] }
        text = stride(from: 0, to: 12, by: 4)
            .map { String(decoding: characters[$0..<($0 + 4)], as: UTF8.self) }.joined(separator: "-")
    }

    init(text: String) { self.text = text }

    /// Whether a typed code is this one: case, hyphens and spaces do not matter, nor O for 0 and I or L for 1.
    func matches(_ typed: String) -> Bool {
        constantTimeEqual(Self.normalised(typed), Self.normalised(text))
    }

    private static func normalised(_ text: String) -> [UInt8] {
        text.uppercased().utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "\n"): nil
            case UInt8(ascii: "O"): UInt8(ascii: "0")
            case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
            default: byte
            }
        }
    }
}
