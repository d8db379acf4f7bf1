import HTTPTypes

/// Reads HTTP/1.1 requests (RFC 9112): bytes in; event, "need more" or error out. No I/O, no clock, and no dependence
/// on how the bytes
/// were split on arrival.
///
/// Strict: anything that two programs could read in two ways is refused. After an error the parser reads nothing
/// more.
public struct RequestParser: Sendable {
    /// What was read.
    public enum Event: Sendable, Equatable {
        /// A head; its body's events and `end` follow.
        case head(RequestHead)
        /// A piece of the decoded body; never empty.
        case body(ArraySlice<UInt8>)
        /// The request is complete.
        case end
    }

    private enum State {
        case start(emptyLines: Int)
        case fields(RequestLine, HTTPFields, headBytes: Int)
        case body(BodyDecoder)
        case failed(HTTPError)
    }

    private let limits: MessageLimits
    private var input = InputBuffer()
    private var state = State.start(emptyLines: 0)

    /// A parser at the start of a connection.
    public init(limits: MessageLimits = MessageLimits()) {
        self.limits = limits
    }

    /// Adds bytes that arrived.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        input.append(bytes)
    }

    /// Bytes that arrived and are not used up.
    public var bufferedBytes: Int {
        input.count
    }

    /// Whether no byte of the next request has arrived.
    public var isBetweenRequests: Bool {
        if case .start = state { input.isEmpty } else { false }
    }

    /// The next event; nil when more bytes are needed.
    ///
    /// - Throws: `.refused` with the status that the client is to be told; the same again on each later call.
    public mutating func next() throws(HTTPError) -> Event? {
        do throws(HTTPError) {
            return try advance()
        } catch {
            let refusal: HTTPError =
                switch error.code {
                case .refused: error
                case .tooLarge: HTTPError(.refused(status: 413), error.reason)
                default: HTTPError(.refused(status: 400), error.reason)
                }
            state = .failed(refusal)
            throw refusal
        }
    }

    private mutating func advance() throws(HTTPError) -> Event? {
        while true {
            switch state {
            case .start(let emptyLines):
                guard let line = try startLine() else {
                    return nil
                }
                if line.isEmpty {
                    // RFC 9112 section 2.2: an empty line before a request is passed over. One is enough for old
                    // clients.
                    guard emptyLines == 0 else {
                        throw HTTPError(.malformed, "The request begins with empty lines.")
                    }
                    state = .start(emptyLines: 1)
                } else {
                    let requestLine = try RequestLine(line, methods: limits.methods)
                    state = .fields(requestLine, HTTPFields(), headBytes: line.count + 2)
                }
            case .fields(let requestLine, var fields, let headBytes):
                guard let line = try fieldLine(room: limits.headBytes - headBytes) else {
                    return nil
                }
                guard line.isEmpty else {
                    guard fields.count < limits.fieldCount else {
                        throw HTTPError(.refused(status: 431), "The request has more than \(limits.fieldCount) fields.")
                    }
                    state = .start(emptyLines: 0)
                    fields.append(try FieldLine.parse(line))
                    state = .fields(requestLine, fields, headBytes: headBytes + line.count + 2)
                    continue
                }
                let head = try RequestHead(requestLine, fields, limits: limits)
                state = .body(BodyDecoder(head.framing, limits: limits))
                return .head(head)
            case .body(var decoder):
                state = .start(emptyLines: 0)
                let event = try decoder.next(from: &input)
                if case .end = event {
                    return .end
                }
                state = .body(decoder)
                if case .data(let data) = event {
                    return .body(data)
                }
                return nil
            case .failed(let error):
                throw error
            }
        }
    }

    private mutating func startLine() throws(HTTPError) -> ArraySlice<UInt8>? {
        // The first byte alone tells other protocols (a TLS handshake on this port) from a request.
        if let first = input.first, !first.isToken, first != .carriageReturn, first != .lineFeed {
            throw HTTPError(.malformed, "The request does not begin with a method.")
        }
        switch input.line(limit: limits.startLineBytes) {
        case .complete(let line): return line
        case .incomplete: return nil
        case .tooLong:
            throw HTTPError(
                .refused(status: 414), "The request line is longer than \(limits.startLineBytes) bytes.")
        case .bareLineFeed: throw HTTPError(.malformed, "The request line ends with a lone line feed.")
        }
    }

    private mutating func fieldLine(room: Int) throws(HTTPError) -> ArraySlice<UInt8>? {
        switch input.line(limit: room) {
        case .complete(let line): return line
        case .incomplete: return nil
        case .tooLong:
            throw HTTPError(.refused(status: 431), "The request's head is larger than \(limits.headBytes) bytes.")
        case .bareLineFeed: throw HTTPError(.malformed, "A header line ends with a lone line feed.")
        }
    }
}
