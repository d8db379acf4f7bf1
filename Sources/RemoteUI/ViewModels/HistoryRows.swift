import Machine

/// The table of [Certificate Issuance Request Status], newest first; above it what is to be processed (S1, S4).
struct HistoryRows: Sendable {
    let entries: [HistoryEntry]
    /// The request that the timer makes next.
    let next: AutoRequestState.NextRequest?
    let times: LocalTime

    static let shape: TemplateShape = [
        "items": .list([
            "number": .text, "keyName": .text, "href": .text, "status": StatusWord.shape, "date": LocalTime.shape,
            "details": .text, "notes": .list(.text),
        ])
    ]

    func value(_ text: Texts) -> TemplateValue {
        let rows = (next.map { [row($0, text)] } ?? []) + entries.map { row($0, text) }
        return rows.isEmpty ? false : ["items": .list(rows)]
    }

    /// It has no number before it begins.
    private func row(_ next: AutoRequestState.NextRequest, _ text: Texts) -> TemplateValue {
        [
            "number": "-", "keyName": .text(next.keyName), "href": "/settings/scep#scep-auto",
            "status": HistoryEntry.Status.toBeProcessed.words(text).value, "date": times.value(next.date),
            "details": false, "notes": .list([.text(next.kind.words(text))]),
        ]
    }

    private func row(_ entry: HistoryEntry, _ text: Texts) -> TemplateValue {
        var notes: [String] = []
        if let polling = entry.polling { notes.append(polling.words(times, text)) }
        if let code = entry.microsoftStatus { notes.append(MicrosoftStatus(code: code).words(text)) }
        return [
            "number": .number(entry.number),
            "keyName": .text(entry.keyName),
            "href": .text("/settings/scep/status/\(entry.number)"),
            "status": entry.status.words(text).value,
            "date": times.value(entry.requestDate),
            "details": .optional(entry.details?.words(text)),
            "notes": .list(notes.map { .text($0) }),
        ]
    }
}
