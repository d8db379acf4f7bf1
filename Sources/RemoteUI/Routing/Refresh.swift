/// A `Refresh` field of a response.
public struct Refresh: Sendable, Equatable {
    /// After how many seconds.
    public let seconds: Int
    /// One of our own paths; nil for the same page.
    public let path: String?

    public init(seconds: Int, path: String? = nil) {
        self.seconds = seconds
        self.path = path
    }
}
