/// The [Details] of a history entry, one case for each text of the manual (S2).
public enum HistoryDetails: Hashable, Sendable, Codable {
    /// `Deferred`
    case deferred
    /// `Key and Certificate Registration Limit Error`
    case keyLimit
    /// `Communication Error (TOP ERROR)`
    case communicationError
    /// `Communication Error (TOP ERROR <HTTP status code>)`
    case httpStatus(Int)
    /// `Communication Error (SCEP ERROR Fail Info n)`, n from 0 to 4
    case failInfo(Int)
}
