/// What a verified FAILURE reply says.
public struct Failure: Sendable, Hashable, Codable {
    /// Absent when the server gave none, or one that is no number.
    public let failInfo: FailInfo?
    /// The server's own words (RFC 8894 §3.2.1.4), without control characters, at most 500 characters.
    public let text: String?
    /// NDES: the HRESULT behind the failure, such as -2147024809 (0x80070057).
    public let microsoftStatus: Int32?
    /// NDES: the certification authority's own words, cleaned as ``text`` is.
    public let microsoftMessage: String?

    public init(
        failInfo: FailInfo?, text: String? = nil, microsoftStatus: Int32? = nil, microsoftMessage: String? = nil
    ) {
        self.failInfo = failInfo
        self.text = text
        self.microsoftStatus = microsoftStatus
        self.microsoftMessage = microsoftMessage
    }
}
