import HTTPTypes

/// What the server answered, whatever its status: redirects are reported, never followed.
public struct ClientResponse: Sendable, Equatable {
    /// The status code, 200 to 999.
    public let status: Int
    /// The header fields.
    public let fields: HTTPFields
    /// The decoded body.
    public let body: [UInt8]
    /// The IP address that answered.
    public let remoteAddress: String

    /// A response from its parts; tests make them here.
    public init(status: Int, fields: HTTPFields = [:], body: [UInt8] = [], remoteAddress: String = "127.0.0.1") {
        self.status = status
        self.fields = fields
        self.body = body
        self.remoteAddress = remoteAddress
    }
}
