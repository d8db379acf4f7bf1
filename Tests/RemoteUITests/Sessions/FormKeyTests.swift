import Testing

@testable import RemoteUI

@Suite struct FormKeyTests {
    @Test("L7: the token belongs to the cookie and to this process")
    func theTokenBelongsToTheCookieAndToThisProcess() throws {
        let random = CountingRandom()
        let key = try FormKey(random: random)
        let other = try FormKey(random: random)
        let cookie = try key.newCookie()
        let token = try #require(key.token(for: cookie))
        #expect(key.token(for: cookie) == token)
        #expect(key.token(for: try key.newCookie()) != token)
        #expect(other.token(for: cookie) != token)
        #expect(token != cookie)
    }

    /// HMAC-SHA-256 of 32 zero bytes under 64 bytes of 0x01, by `openssl dgst -mac HMAC`.
    @Test func theTokenIsAnHMAC() throws {
        let key = try FormKey(random: CountingRandom())
        #expect(
            key.token(for: String(repeating: "0", count: 64))
                == "8cc56fe5127a35b86272528ec1c38da587a4a8c75bcfd38dfdbf3f0bfa7040ac")
    }

    @Test(arguments: ["", "zz", "00", String(repeating: "0", count: 63), String(repeating: "0", count: 66)])
    func aCookieThatIsNotOursHasNoToken(_ cookie: String) throws {
        #expect(try FormKey(random: CountingRandom()).token(for: cookie) == nil)
    }
}
