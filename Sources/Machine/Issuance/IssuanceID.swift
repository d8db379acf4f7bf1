/// Names one issuance request for good; never used twice.
public struct IssuanceID: Hashable, Sendable, Codable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
}
