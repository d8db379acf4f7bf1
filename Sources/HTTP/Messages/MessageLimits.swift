import HTTPTypes

/// The sizes that a parser accepts. Every one is checked before memory is spent on what exceeds it.
public struct MessageLimits: Sendable, Equatable {
    /// Longest request line or status line, in bytes with its line end. Longer requests get 414. RFC 9112 section 3
    /// asks for at least 8,000.
    public var startLineBytes = 8_192
    /// Largest head: start line, header fields and the blank line, in bytes. Larger requests get 431. Also bounds a
    /// chunked body's trailer.
    public var headBytes = 16 * 1_024
    /// Most header fields in a head, and most fields in a trailer. More get 431.
    public var fieldCount = 100
    /// Largest body in bytes after decoding. Larger requests get 413.
    public var bodyBytes = 1_024 * 1_024
    /// Longest line that carries a chunk's size, extensions and line end included, in bytes.
    public var chunkLineBytes = 256
    /// All bytes of chunk extensions in one body; they carry nothing that we read, so there is no reason to read
    /// many.
    public var chunkExtensionBytes = 4_096
    /// Methods that the server passes on to its handler; any other gets 501 (RFC 9110 section 9.1).
    public var methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

    /// The defaults.
    public init() {}
}
