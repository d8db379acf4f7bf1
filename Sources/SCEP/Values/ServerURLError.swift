/// Why a SCEP server URL or port was refused.
public enum ServerURLError: Error, Hashable, Sendable, CaseIterable {
    case empty
    /// More than 255 characters.
    case tooLong
    /// A control character, a space, or a character outside ASCII.
    case forbiddenCharacter
    /// `https://`: the exchange is plain HTTP; the messages themselves are signed and encrypted.
    case httpsNotSupported
    /// No scheme, or one that is not `http`.
    case schemeNotSupported
    case userInformation
    /// The port has a field of its own.
    case portInURL
    case query
    case fragment
    case noHost
    /// Neither a DNS name nor an IPv4 nor a bracketed IPv6 address.
    case badHost
    /// A character that a path cannot hold, or a broken percent escape.
    case badPath
    /// Not in 1–65535.
    case portOutOfRange
}
