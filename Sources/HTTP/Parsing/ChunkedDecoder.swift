import HTTPTypes

/// Decodes a chunked body (RFC 9112 section 7.1): chunk sizes, data, last chunk and trailer. Extensions are checked
/// and dropped; trailer
/// fields are checked and dropped, and those that could change how the message is read are refused.
struct ChunkedDecoder: Sendable {
    enum Event {
        case data(ArraySlice<UInt8>)
        case end
        case more
    }

    private enum State {
        case size
        case data(remaining: Int)
        case dataEnd
        case trailer
        case end
    }

    private let limits: MessageLimits
    private var state = State.size
    private var bodyBytes = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var trailerFields = 0

    init(limits: MessageLimits) {
        self.limits = limits
    }

    /// Reads the next piece out of the buffer.
    ///
    /// - Throws: `.malformed`, or `.tooLarge` for the body's size.
    mutating func next(from input: inout InputBuffer) throws(HTTPError) -> Event {
        while true {
            switch state {
            case .size:
                guard let line = try Self.line(from: &input, limit: limits.chunkLineBytes) else {
                    return .more
                }
                state = try size(line)
            case .data(let remaining):
                guard !input.isEmpty else {
                    return .more
                }
                let data = input.take(remaining)
                state = data.count == remaining ? .dataEnd : .data(remaining: remaining - data.count)
                return .data(data)
            case .dataEnd:
                guard let line = try Self.line(from: &input, limit: 2) else {
                    return .more
                }
                guard line.isEmpty else {
                    throw HTTPError(.malformed, "A chunk's data is not followed by its line end.")
                }
                state = .size
            case .trailer:
                guard let line = try Self.line(from: &input, limit: max(2, limits.headBytes - trailerBytes)) else {
                    return .more
                }
                try trailer(line)
            case .end:
                return .end
            }
        }
    }

    private static func line(from input: inout InputBuffer, limit: Int) throws(HTTPError) -> ArraySlice<UInt8>? {
        switch input.line(limit: limit) {
        case .complete(let line): line
        case .incomplete: nil
        case .tooLong: throw HTTPError(.malformed, "A line of the chunked body is too long.")
        case .bareLineFeed: throw HTTPError(.malformed, "A line of the chunked body ends with a lone line feed.")
        }
    }

    /// 1 to 16 hexadecimal digits, then nothing or extensions.
    private mutating func size(_ line: ArraySlice<UInt8>) throws(HTTPError) -> State {
        let digits = line.prefix { PercentCoding.hexValue($0) != nil }
        let extensions = line[digits.endIndex...]
        guard (1...16).contains(digits.count), extensions.isEmpty || ChunkExtensions.areValid(extensions) else {
            throw HTTPError(.malformed, "A chunk's size is not valid.")
        }
        extensionBytes += extensions.count
        guard extensionBytes <= limits.chunkExtensionBytes else {
            throw HTTPError(.malformed, "The chunked body has too many chunk extensions.")
        }
        guard let size = Int(digits.text, radix: 16), size <= limits.bodyBytes - bodyBytes else {
            throw HTTPError(.tooLarge, "The body is larger than \(limits.bodyBytes) bytes.")
        }
        bodyBytes += size
        return size == 0 ? .trailer : .data(remaining: size)
    }

    private mutating func trailer(_ line: ArraySlice<UInt8>) throws(HTTPError) {
        guard !line.isEmpty else {
            state = .end
            return
        }
        trailerBytes += line.count + 2
        trailerFields += 1
        let field = try FieldLine.parse(line)
        guard trailerFields <= limits.fieldCount, trailerBytes <= limits.headBytes else {
            throw HTTPError(.malformed, "The chunked body's trailer is too large.")
        }
        guard !Self.forbiddenInTrailer.contains(field.name.canonicalName) else {
            throw HTTPError(.malformed, "The chunked body's trailer has a field that belongs in the head.")
        }
    }

    /// Fields for framing, routing, modifiers, authentication and content processing (RFC 9110 section 6.5.1).
    private static let forbiddenInTrailer: Set<String> = [
        "transfer-encoding", "content-length", "host", "trailer", "te", "connection", "upgrade", "expect",
        "authorization",
        "cookie", "set-cookie", "content-type", "content-encoding", "content-range", "cache-control", "max-forwards",
    ]
}
