import FoundationEssentials

/// One row of [Certificate Issuance Request Status] (S1).
public struct HistoryEntry: Equatable, Sendable {
    /// [Status], with the manual's four words.
    public enum Status: String, Hashable, Sendable, CaseIterable {
        /// [To Be Processed]: `requestDate` is when the next request goes out.
        case toBeProcessed
        /// [Processing...]
        case processing
        /// [Error]: ``HistoryEntry/details`` says which.
        case error
        /// [Successful]: `requestDate` is when the certificate was issued to the machine.
        case successful
    }

    /// Counts up for ever; the newest 20 entries are kept (S3).
    public let number: Int
    public let keyName: String
    public let status: Status
    public let requestDate: Date
    /// Present when the status is ``Status/error``, and while it is ``Status/processing`` after an attempt that is to
    /// be repeated.
    public let details: HistoryDetails?
    /// The true cause beneath the details.
    public let cause: IssuanceCause?
    /// The server's own words for a refusal; hostile text.
    public let failInfoText: String?
    /// The HRESULT that Microsoft's server gives for a refusal.
    public let microsoftStatus: UInt32?
    public let transactionID: String?
    /// Whether an administrator sent it by hand.
    public let isManual: Bool
    /// The request behind the entry while it can still be asked for: [Check Again] and [Discard] take it (I8).
    public let openIssuance: IssuanceID?
    /// The request behind the entry, for as long as its progress is kept.
    public let issuance: IssuanceID?
    /// Present while an automatic request waits until it asks the server again (T3).
    public let polling: IssuanceProgress.Polling?
}

extension HistoryEntry {
    /// The entry with an end that the store could not take: the page tells the truth all the same.
    func overlaid(by unwritten: [IssuanceID: IssuanceOutcome]) -> HistoryEntry {
        guard let issuance, let outcome = unwritten[issuance] else { return self }
        return HistoryEntry(
            number: number, keyName: keyName, status: .error, requestDate: requestDate, details: outcome.details,
            cause: outcome.cause, failInfoText: outcome.failInfoText, microsoftStatus: outcome.microsoftStatus,
            transactionID: transactionID, isManual: isManual, openIssuance: issuance, issuance: issuance, polling: nil)
    }
}
