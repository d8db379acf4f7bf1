import Machine

/// One request of the history: cause, remedy, transaction (S2). Template `status-details`.
struct StatusDetailsPage: PageModel {
    static let template = "status-details"
    static let shape: TemplateShape = ["facts": Fact.shape, "failure": FailureWords.shape, "open": .flag]

    let entry: HistoryEntry
    let times: LocalTime

    var menuItem: String? { "/settings/scep/status" }

    func title(_ text: Texts) -> String { text("status.entry.title", String(entry.number)) }

    func values(_ text: Texts) -> TemplateValue {
        var facts = [
            Fact(text("status.key-name"), entry.keyName),
            Fact(text("status.status"), .status(entry.status.words(text))),
            Fact(text("status.date"), .time(times.value(entry.requestDate))),
            Fact(text("status.details"), entry.details?.words(text) ?? "-"),
            Fact(text("status.kind"), text(entry.isManual ? "status.manual" : "status.automatic")),
        ]
        if let polling = entry.polling {
            facts.append(Fact(text("status.polls"), polling.words(times, text)))
        }
        if let id = entry.transactionID { facts.append(Fact(text("status.transaction"), .figures(id))) }
        if let code = entry.microsoftStatus {
            // Its meaning stands with the cause.
            facts.append(Fact(text("status.result-code"), .figures(MicrosoftStatus(code: code).figures)))
        }
        return [
            "facts": facts.value, "failure": FailureWords(entry, text)?.value ?? false,
            "open": .flag(entry.openIssuance != nil || entry.status == .processing),
        ]
    }
}
