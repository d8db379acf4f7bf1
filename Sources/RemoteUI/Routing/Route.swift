import HTTPTypes

/// One method of one path, who may use it, and what happens.
public struct Route: Sendable {
    public typealias Handler = @Sendable (PageContext) async throws -> Outcome

    public let method: HTTPRequest.Method
    /// Absolute; `{name}` stands for one segment, which the handler finds in `PageContext.parameters`.
    public let path: String
    public let access: Access
    /// Whether a request counts as the user's activity: not on a page that reloads itself, which would keep a
    /// forgotten session alive (L5).
    public let countsAsActivity: Bool
    let handler: Handler

    /// A GET route answers HEAD too.
    public init(
        _ method: HTTPRequest.Method, _ path: String, access: Access, countsAsActivity: Bool = true,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.countsAsActivity = countsAsActivity
        self.handler = handler
    }
}
