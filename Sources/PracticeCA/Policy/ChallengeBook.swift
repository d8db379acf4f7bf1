import FoundationEssentials
import PKI

/// The challenge password that a first request must bring.
///
/// With the RFC profile it is a fixed word. With the NDES profile it is good for one request: a spent one is replaced by
/// 16 random hex digits, and stays spent after a restart with the same word on the command line.
struct ChallengeBook: Sendable {
    /// More spent words than this are forgotten, oldest first; the random ones do not come again.
    static let rememberedWords = 1000
    private static let file = "challenges.json"

    private struct Stored: Codable {
        var current: String
        /// SHA-256 in hex, oldest first.
        var spent: [String]
    }

    private let folder: StateFolder
    private let random: any RandomSource
    private let isOneTime: Bool
    private var stored: Stored

    /// - Parameter word: the challenge to begin with, unless it has been spent before.
    init(_ folder: StateFolder, word: String, isOneTime: Bool, random: any RandomSource) throws(PracticeCAError) {
        guard !word.isEmpty, word.utf8.count <= 255 else {
            throw PracticeCAError(.invalidOption, "the challenge must have 1 to 255 characters")
        }
        self.folder = folder
        self.random = random
        self.isOneTime = isOneTime
        stored = Stored(current: word, spent: [])
        guard isOneTime, let bytes = try folder.read(Self.file) else { return }
        guard let before = try? JSONDecoder().decode(Stored.self, from: Data(bytes)) else {
            throw PracticeCAError(.damaged, "\(Self.file) in the data folder cannot be read")
        }
        stored = before
        if !before.spent.contains(Self.hash(word)) { stored.current = word }
    }

    /// The challenge that the next request must bring.
    var current: String { stored.current }

    /// Compares in constant time, over hashes, so that not even the length shows.
    func accepts(_ challenge: String?) -> Bool {
        let given = DigestAlgorithm.sha256.hash([UInt8]((challenge ?? "").utf8))
        let expected = DigestAlgorithm.sha256.hash([UInt8](stored.current.utf8))
        return constantTimeEqual(given, expected) && challenge != nil
    }

    /// Uses the challenge up. Returns the new one, or nil when challenges are not used up.
    mutating func spend() throws(PracticeCAError) -> String? {
        guard isOneTime else { return nil }
        var next = stored
        next.spent = (next.spent + [Self.hash(stored.current)]).suffix(Self.rememberedWords)
        do {
            next.current = Hex.encode(try random.bytes(8), uppercase: true)
        } catch {
            throw PracticeCAError(.cryptography, "no random bytes for a new challenge")
        }
        guard let bytes = try? JSONEncoder().encode(next) else {
            throw PracticeCAError(.storage, "the challenge cannot be written")
        }
        try folder.write([UInt8](bytes), to: Self.file)
        stored = next
        return next.current
    }

    private static func hash(_ word: String) -> String {
        Hex.encode(DigestAlgorithm.sha256.hash([UInt8](word.utf8)))
    }
}
