import HTTPTypes
import Testing

@testable import HTTP

@Suite("Parsers fed with damaged bytes, the same on every run")
struct ParserMutationTests {
    /// SplitMix64: small, seeded, the same everywhere.
    private struct Random {
        private var state: UInt64

        init(seed: UInt64) {
            state = seed
        }

        mutating func next(below limit: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
        }
    }

    private static let telling = Array("\r\n\t :;,=%+-0159aAfF\"\\\u{0}\u{7F}".utf8) + [0x80, 0xFF]

    private static func damaged(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.next(below: 3) where !bytes.isEmpty {
            let place = random.next(below: bytes.count)
            switch random.next(below: 5) {
            case 0: bytes[place] = telling[random.next(below: telling.count)]
            case 1: bytes.insert(telling[random.next(below: telling.count)], at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 12)], at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 8))
            }
        }
        return bytes
    }

    /// Cuts the bytes at random places.
    private static func pieces(_ bytes: [UInt8], _ random: inout Random) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = 1 + random.next(below: min(rest.count, 40))
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    private static let requests: [[UInt8]] = [
        "GET /a?b=c HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5;a=\"b\"\r\nhello\r\n0\r\nX: y\r\n\r\nGET / HTTP/1.1\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
        "GET http://b/%41 HTTP/1.1\r\nHost: a\r\nCookie: s=1\r\n\r\n",
    ].map { Array($0.utf8) }

    private static let responses: [[UInt8]] = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.0 200\r\nX: a\r\n b\r\n\r\nhello",
    ].map { Array($0.utf8) }

    @Test("Damaged requests read the same in one piece and in any pieces", arguments: 0..<8)
    func requests(seed: Int) {
        var random = Random(seed: UInt64(seed))
        for _ in 0..<200 {
            let bytes = Self.damaged(Self.requests[random.next(below: Self.requests.count)], &random)
            let whole = Reading.of([bytes[...]])
            #expect(Reading.of(Self.pieces(bytes, &random)) == whole, "\(bytes)")
            #expect(whole.refusal != -1)
        }
    }

    @Test("Damaged responses read the same in one piece and in any pieces", arguments: 0..<8)
    func responses(seed: Int) {
        var random = Random(seed: UInt64(seed))
        for _ in 0..<200 {
            let bytes = Self.damaged(Self.responses[random.next(below: Self.responses.count)], &random)
            #expect(Self.reading(Self.pieces(bytes, &random)) == Self.reading([bytes[...]]), "\(bytes)")
        }
    }

    @Test(
        "Damaged forms are read or refused and never repaired: what is read encodes to the same fields",
        arguments: 0..<8)
    func forms(seed: Int) throws {
        var random = Random(seed: UInt64(seed))
        let form = Array("scep_server_url=http%3A%2F%2Fca%2Fscep&port_number=80&token=a+b%2B%E3%82%AB".utf8)
        for _ in 0..<200 {
            let bytes = Self.damaged(form, &random)
            guard let fields = try? FormFields(urlEncoded: bytes) else {
                continue
            }
            var pairs: [String] = []
            for name in fields.names {
                guard let value = try? fields.value(name) else {
                    pairs = []
                    break
                }
                pairs.append("\(PercentCoding.encode(name))=\(PercentCoding.encode(value))")
            }
            let again = try FormFields(urlEncoded: Array(pairs.joined(separator: "&").utf8))
            for name in again.names {
                let value = try fields.value(name)
                #expect(try again.value(name) == value)
            }
        }
    }

    private static func reading(_ pieces: [ArraySlice<UInt8>]) -> String {
        var parser = ResponseParser(to: .get)
        var text = ""
        do throws(HTTPError) {
            for piece in pieces {
                parser.append(piece)
                text += try drained(&parser)
            }
            parser.inputEnded()
            text += try drained(&parser)
        } catch {
            // What came before an error is not handed on, so that only the error counts.
            return "\(error.code)"
        }
        return text
    }

    private static func drained(_ parser: inout ResponseParser) throws(HTTPError) -> String {
        var text = ""
        while let event = try parser.next() {
            switch event {
            case .head(let head): text += "\(head.status) \(head.fields.map { "\($0)" }) "
            case .body(let data): text += String(decoding: data, as: UTF8.self)
            case .end: text += " end"
            }
        }
        return text
    }
}
