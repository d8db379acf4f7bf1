import Testing

/// One line of a table: what it is, the bytes, and what must become of them.
struct RequestCase: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// Requests read before the end or the refusal.
    let requests: Int
    /// The status that the client is told; nil when nothing is refused.
    let refusal: Int?

    /// A refused first request.
    init(_ name: String, _ text: String, refused status: Int, after requests: Int = 0) {
        self.init(name, Array(text.utf8), requests: requests, refusal: status)
    }

    /// Requests that are read.
    init(_ name: String, _ text: String, reads requests: Int = 1) {
        self.init(name, Array(text.utf8), requests: requests, refusal: nil)
    }

    init(_ name: String, _ bytes: [UInt8], requests: Int, refusal: Int?) {
        self.name = name
        self.bytes = bytes
        self.requests = requests
        self.refusal = refusal
    }

    var testDescription: String { name }
}
