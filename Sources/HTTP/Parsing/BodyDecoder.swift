/// Takes a body out of the buffer, whatever its framing.
struct BodyDecoder: Sendable {
    private enum State {
        case end
        case length(remaining: Int)
        case chunked(ChunkedDecoder)
        case untilClose(room: Int)
    }

    private let limits: MessageLimits
    private var state: State

    init(_ framing: BodyFraming, limits: MessageLimits) {
        self.limits = limits
        switch framing {
        case .none: state = .end
        case .length(let count): state = .length(remaining: count)
        case .chunked: state = .chunked(ChunkedDecoder(limits: limits))
        case .untilClose: state = .untilClose(room: limits.bodyBytes)
        }
    }

    /// Whether the end of the connection is the end of the body.
    var endsWithConnection: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// - Throws: `.malformed` or `.tooLarge`.
    mutating func next(from input: inout InputBuffer) throws(HTTPError) -> ChunkedDecoder.Event {
        switch state {
        case .end:
            return .end
        case .length(let remaining):
            guard remaining > 0 else {
                state = .end
                return .end
            }
            guard !input.isEmpty else {
                return .more
            }
            let data = input.take(remaining)
            state = .length(remaining: remaining - data.count)
            return .data(data)
        case .chunked(var decoder):
            // The decoder leaves the enum while it works, so that it is changed in place and not copied.
            state = .end
            let event = try decoder.next(from: &input)
            state = .chunked(decoder)
            return event
        case .untilClose(let room):
            guard !input.isEmpty else {
                return .more
            }
            guard input.count <= room else {
                throw HTTPError(.tooLarge, "The reply is larger than \(limits.bodyBytes) bytes.")
            }
            let data = input.take(input.count)
            state = .untilClose(room: room - data.count)
            return .data(data)
        }
    }
}
