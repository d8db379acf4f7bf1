/// The failInfo attribute of a FAILURE (RFC 8894 §3.2.1.4). Servers also send numbers that the RFC does not know.
public struct FailInfo: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
    /// 0–4 are defined.
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Unrecognised or unsupported algorithm.
    public static let badAlg = FailInfo(rawValue: 0)
    /// The integrity check failed; NDES also says so when it could not decrypt, and after a wrong challenge password.
    public static let badMessageCheck = FailInfo(rawValue: 1)
    /// Not permitted or not supported: challenge password wrong, used or expired; policy; duplicate subject.
    public static let badRequest = FailInfo(rawValue: 2)
    /// The signing time is too far from the server's clock.
    public static let badTime = FailInfo(rawValue: 3)
    /// No certificate matches.
    public static let badCertId = FailInfo(rawValue: 4)

    /// The name of the RFC, or the number.
    public var description: String {
        let names = ["badAlg", "badMessageCheck", "badRequest", "badTime", "badCertId"]
        return names.indices.contains(rawValue) ? names[rawValue] : "failInfo \(rawValue)"
    }
}
