import PKI
import Testing

@testable import PracticeCA

@Suite("The challenge password")
struct ChallengeBookTests {
    private let temporary = TemporaryFolder()

    private func book(word: String = "word", isOneTime: Bool) throws -> ChallengeBook {
        try ChallengeBook(temporary.open(), word: word, isOneTime: isOneTime, random: CountingRandom())
    }

    @Test("Only the very word is accepted", arguments: [nil, "", "Word", "wor", "words", "word\0"])
    func wrong(challenge: String?) throws {
        #expect(try !book(isOneTime: false).accepts(challenge))
        #expect(try book(isOneTime: false).accepts("word"))
    }

    @Test("A fixed challenge is good again and again")
    func fixed() throws {
        var book = try book(isOneTime: false)
        #expect(try book.spend() == nil)
        #expect(book.accepts("word"))
    }

    @Test("N1: a spent one-time challenge gives way to one of 16 hexadecimal digits")
    func oneTime() throws {
        var book = try book(isOneTime: true)
        let next = try #require(try book.spend())
        #expect(next.count == 16)
        #expect(Hex.decode(next) != nil)
        #expect(!book.accepts("word"))
        #expect(book.accepts(next))
        #expect(book.current == next)
    }

    @Test("N1: a word that was spent stays spent after a restart")
    func restart() throws {
        var first = try book(isOneTime: true)
        let next = try first.spend()
        let second = try book(isOneTime: true)
        #expect(!second.accepts("word"))
        #expect(second.accepts(next))
    }

    @Test("A new word on the command line takes the place of the one that waited")
    func newWord() throws {
        var first = try book(isOneTime: true)
        let next = try first.spend()
        let second = try book(word: "another", isOneTime: true)
        #expect(second.accepts("another"))
        #expect(!second.accepts(next))
    }

    @Test("A damaged file is reported, not overwritten")
    func damaged() throws {
        try temporary.open().write([UInt8]("{".utf8), to: "challenges.json")
        #expect(throws: PracticeCAError(.damaged, "")) { try book(isOneTime: true) }
    }

    @Test("An empty word is refused, so that a missing challenge is never right")
    func empty() {
        #expect(throws: PracticeCAError(.invalidOption, "")) { try book(word: "", isOneTime: false) }
    }
}
