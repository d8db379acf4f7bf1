/// A reload by the browser, for pages without script: `<meta http-equiv="refresh">` inside `<noscript>`. A `Refresh` field
/// would reload under a script too, and cut short what a screen reader is reading aloud.
public struct Refresh: Sendable, Equatable {
    /// After how many seconds.
    public let seconds: Int
    /// One of our own paths; nil for the same page.
    public let path: String?

    public init(seconds: Int, path: String? = nil) {
        self.seconds = seconds
        self.path = path
    }

    /// The value of the attribute `content`.
    var content: String { "\(seconds)" + (path.map { "; url=\($0)" } ?? "") }
}
