import HTTPTypes

/// Reads one response to one request (RFC 9112): bytes in; event, "need more" or error out. Interim responses (1xx)
/// are passed over.
public struct ResponseParser: Sendable {
    /// What was read.
    public enum Event: Sendable, Equatable {
        /// The head of the final response.
        case head(ResponseHead)
        /// A piece of the decoded body; never empty.
        case body(ArraySlice<UInt8>)
        /// The response is complete.
        case end
    }

    private enum State {
        case start
        case fields(status: Int, minorVersion: Int, [HTTPField])
        case body(BodyDecoder)
        case end
        case failed(HTTPError)
    }

    private let limits: MessageLimits
    private let method: HTTPRequest.Method
    private var input = InputBuffer()
    private var state = State.start
    private var headBytes = 0
    private var interimResponses = 0
    private var isInputEnded = false

    /// A parser for the answer to a request with this method (an answer to HEAD has no body).
    public init(to method: HTTPRequest.Method, limits: MessageLimits = MessageLimits()) {
        self.method = method
        self.limits = limits
    }

    /// Adds bytes that arrived.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        input.append(bytes)
    }

    /// Says that the peer closed: the end of a body without a length, an error anywhere else.
    public mutating func inputEnded() {
        isInputEnded = true
    }

    /// The next event; nil when more bytes are needed, or after `end`.
    ///
    /// - Throws: `.malformed`, `.tooLarge`, or `.closed` for a response cut short; the same again on each later call.
    public mutating func next() throws(HTTPError) -> Event? {
        do throws(HTTPError) {
            return try advance()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func advance() throws(HTTPError) -> Event? {
        while true {
            switch state {
            case .start:
                guard let line = try line(limit: limits.startLineBytes) else {
                    return nil
                }
                headBytes = line.count + 2
                let (status, minorVersion) = try ResponseHead.statusLine(line)
                state = .fields(status: status, minorVersion: minorVersion, [])
            case .fields(let status, let minorVersion, var fields):
                guard let line = try line(limit: limits.headBytes - headBytes) else {
                    return nil
                }
                headBytes += line.count + 2
                if !line.isEmpty {
                    state = .start
                    try Self.add(line, to: &fields, limit: limits.fieldCount)
                    state = .fields(status: status, minorVersion: minorVersion, fields)
                } else if status < 200 {
                    try passOver(status)
                } else {
                    let fields = HTTPFields(fields)
                    let framing = try BodyFraming.ofResponse(
                        fields, status: status, to: method, minorVersion: minorVersion, limits: limits)
                    state = .body(BodyDecoder(framing, limits: limits))
                    return .head(
                        ResponseHead(status: status, minorVersion: minorVersion, fields: fields, framing: framing))
                }
            case .body(var decoder):
                state = .start
                let event = try decoder.next(from: &input)
                state = .body(decoder)
                switch event {
                case .data(let data):
                    return .body(data)
                case .more where !isInputEnded:
                    return nil
                case .more where !decoder.endsWithConnection:
                    throw HTTPError(.closed, "The server closed the connection in the middle of its reply.")
                case .more, .end:
                    state = .end
                    return .end
                }
            case .end:
                return nil
            case .failed(let error):
                throw error
            }
        }
    }

    private mutating func line(limit: Int) throws(HTTPError) -> ArraySlice<UInt8>? {
        switch input.line(limit: limit) {
        case .complete(let line):
            return line
        case .incomplete:
            guard !isInputEnded else {
                throw HTTPError(.closed, "The server closed the connection before its reply was complete.")
            }
            return nil
        case .tooLong:
            throw HTTPError(.tooLarge, "The reply's head is larger than \(limits.headBytes) bytes.")
        case .bareLineFeed:
            throw HTTPError(.malformed, "A line of the reply's head ends with a lone line feed.")
        }
    }

    /// Reads a field line. A folded one continues the value before it: a client unfolds what a server may not send
    /// (RFC 9112 section 5.2).
    private static func add(
        _ line: ArraySlice<UInt8>, to fields: inout [HTTPField], limit: Int
    ) throws(HTTPError) {
        if let first = line.first, first.isBlank, let last = fields.last {
            let more = line.trimmed
            guard more.allSatisfy(\.isFieldContent) else {
                throw HTTPError(.malformed, "A header field's value has a control character.")
            }
            fields[fields.count - 1] = HTTPField(name: last.name, value: "\(last.value) \(more.text)")
            return
        }
        guard fields.count < limit else {
            throw HTTPError(.tooLarge, "The reply has more than \(limit) header fields.")
        }
        fields.append(try FieldLine.parse(line))
    }

    private mutating func passOver(_ status: Int) throws(HTTPError) {
        interimResponses += 1
        // 101 answers an Upgrade that was never asked for; an endless row of interim responses is no answer either.
        guard status != 101, interimResponses <= 8 else {
            throw HTTPError(.malformed, "The server sent interim responses that were not asked for.")
        }
        state = .start
    }
}
