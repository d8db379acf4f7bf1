/// How a request ended, as the history keeps it.
struct IssuanceOutcome: Codable, Equatable, Sendable {
    var details: HistoryDetails
    var cause: IssuanceCause
    var failInfoText: String?
    var microsoftStatus: UInt32?

    init(
        _ details: HistoryDetails, _ cause: IssuanceCause, failInfoText: String? = nil, microsoftStatus: UInt32? = nil
    ) {
        self.details = details
        self.cause = cause
        self.failInfoText = failInfoText
        self.microsoftStatus = microsoftStatus
    }
}
