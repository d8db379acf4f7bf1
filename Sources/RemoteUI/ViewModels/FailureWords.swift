import Machine

/// Cause and remedy of a request or a connection test that did not succeed (S2), in the page's language.
struct FailureWords: Sendable {
    /// The [Details] of the manual, exactly.
    let title: String
    let cause: String
    private(set) var remedy: String
    /// The server's own words; hostile text.
    let serverText: String?

    /// - Parameters:
    ///   - details: the numbers behind the cause (HTTP status, fail info) are taken from here.
    ///   - windowsCode: the code of a Windows server, which says more than the cause.
    init(
        _ cause: IssuanceCause, details: HistoryDetails?, serverText: String? = nil,
        windowsCode: MicrosoftStatus? = nil, _ text: Texts
    ) {
        title = details?.words(text) ?? text("details.top")
        let space = text("form.sentence-space")
        let code = windowsCode.map { text("cause.windows", $0.words(text)) }
        self.cause = [Self.cause(cause, details, text), code].compactMap { $0 }.joined(separator: space)
        let serverText = serverText.flatMap { $0.isEmpty ? nil : $0 }
        let first = serverText == nil ? nil : text("remedy.server-text")
        remedy = [first, Self.remedy(cause, details, text)].compactMap { $0 }.joined(separator: space)
        self.serverText = serverText
    }

    /// The words of a history entry; nil when there is nothing to explain.
    init?(_ entry: HistoryEntry, _ text: Texts) {
        guard let cause = entry.cause else { return nil }
        self.init(
            cause, details: entry.details, serverText: entry.failInfoText,
            windowsCode: entry.microsoftStatus.map(MicrosoftStatus.init), text)
        if entry.polling != nil {
            // The machine asks again by itself.
            if cause == .deferred { remedy = text("remedy.deferred.polling") }
        } else if !entry.isManual, entry.openIssuance == nil, cause != .superseded {
            // While the timer is on nothing can be sent by hand.
            remedy += text("form.sentence-space") + text("remedy.automatic")
        }
    }

    static let shape: TemplateShape = ["title": .text, "cause": .text, "remedy": .text, "serverText": .text]

    var value: TemplateValue {
        [
            "title": .text(title), "cause": .text(cause), "remedy": .text(remedy),
            "serverText": .optional(serverText),
        ]
    }

    private static func cause(_ cause: IssuanceCause, _ details: HistoryDetails?, _ text: Texts) -> String {
        switch (cause, details) {
        case (.httpStatus, .httpStatus(let status)?): text("cause.httpStatus", String(status))
        case (.httpStatus, _): text("cause.httpStatus.unnumbered")
        case (.refusedByServer, .failInfo(let number)?) where (0...4).contains(number): text("cause.failInfo\(number)")
        default: text("cause.\(cause.rawValue)")
        }
    }

    private static func remedy(_ cause: IssuanceCause, _ details: HistoryDetails?, _ text: Texts) -> String {
        switch (cause, details) {
        case (.httpStatus, .httpStatus(401)?), (.httpStatus, .httpStatus(403)?): text("remedy.httpStatus.denied")
        case (.httpStatus, .httpStatus(404)?): text("remedy.httpStatus.notFound")
        case (.httpStatus, .httpStatus(500...599)?): text("remedy.httpStatus.server")
        case (.refusedByServer, .failInfo(let number)?) where (0...4).contains(number): text("remedy.failInfo\(number)")
        default: text("remedy.\(cause.rawValue)")
        }
    }
}

extension HistoryDetails {
    /// The text of the manual for [Details] (S2).
    func words(_ text: Texts) -> String {
        switch self {
        case .deferred: text("details.deferred")
        case .keyLimit: text("details.limit")
        case .communicationError: text("details.top")
        case .httpStatus(let status): text("details.top-status", String(status))
        case .failInfo(let number): text("details.fail-info", String(number))
        }
    }
}
