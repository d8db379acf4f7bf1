import RemoteUI
import Testing

@Suite struct CatalogueTests {
    static let japanese = Language(code: "ja") ?? .english
    let english = Texts(language: .english, entries: ["a": "A {0}", "b": "B"])

    private func catalogue() throws -> Catalogue {
        try Catalogue([english, Texts(language: Self.japanese, entries: ["a": "あ{0}", "b": "い"])])
    }

    @Test func aMissingKeyIsAnErrorAtStart() {
        #expect(throws: ResourceError.self) {
            try Catalogue([english, Texts(language: Self.japanese, entries: ["a": "{0}"])])
        }
    }

    @Test func aKeyThatEnglishDoesNotHaveIsAnErrorAtStart() {
        #expect(throws: ResourceError.self) {
            try Catalogue([english, Texts(language: Self.japanese, entries: ["a": "{0}", "b": "", "c": ""])])
        }
    }

    @Test func otherPlaceholdersAreAnErrorAtStart() {
        #expect(throws: ResourceError.self) {
            try Catalogue([english, Texts(language: Self.japanese, entries: ["a": "{1}", "b": ""])])
        }
    }

    @Test func withoutEnglishThereIsNoCatalogue() {
        #expect(throws: ResourceError.self) { try Catalogue([Texts(language: Self.japanese, entries: [:])]) }
    }

    @Test func aKeyThatPagesNeedIsAskedForAtStart() throws {
        try catalogue().require(["a", "b"])
        #expect(throws: ResourceError.self) { try catalogue().require(["a", "z"]) }
    }

    @Test(arguments: [
        ("A {0}", ["x"], "A x"), ("{1} of {0}", ["3", "1"], "1 of 3"), ("{0}", ["{0}{1}"], "{0}{1}"),
        ("{2}", ["x"], "{2}"), ("a { b", ["x"], "a { b"), ("{x} {0}", ["y"], "{x} y"), ("{0}{0}", ["z"], "zz"),
    ])
    func placeholdersAreFilledOnce(_ text: String, _ arguments: [String], _ expected: String) {
        #expect(Texts(language: .english, entries: ["k": text]).fill("k", arguments) == expected)
    }

    @Test func aKeyThatIsNotThereShowsItself() {
        #expect(english("no.such") == "no.such")
    }

    @Test(
        arguments: [
            ("ja", nil, "ja"), ("en", "ja", "en"), (nil, "ja", "ja"), (nil, "ja-JP,en;q=0.8", "ja"),
            (nil, "en;q=0.5, ja;q=0.9", "ja"), (nil, "de, fr;q=0.9", "en"), (nil, "de, ja;q=0.1", "ja"),
            ("xx", "ja", "ja"), ("../x", nil, "en"), (nil, nil, "en"), (nil, "ja;q=0", "en"), (nil, "JA", "ja"),
            (nil, "ja;q=2", "en"), (nil, "ja;q=abc", "en"), (nil, ";;,,", "en"),
        ] as [(String?, String?, String)])
    func theLanguageIsTheCookiesThenTheBrowsers(_ cookie: String?, _ accept: String?, _ expected: String) throws {
        #expect(try catalogue().choose(cookie: cookie, acceptLanguage: accept).code == expected)
    }
}
