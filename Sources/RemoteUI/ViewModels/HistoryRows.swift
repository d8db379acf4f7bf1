import Machine

/// The table of [Certificate Issuance Request Status], newest first (S1, S4).
struct HistoryRows: Sendable {
    let entries: [HistoryEntry]
    let times: LocalTime

    static let shape: TemplateShape = [
        "items": .list([
            "number": .text, "keyName": .text, "href": .text, "status": StatusWord.shape, "date": LocalTime.shape,
            "details": .text,
        ])
    ]

    func value(_ text: Texts) -> TemplateValue {
        guard !entries.isEmpty else { return false }
        let items = entries.map { entry -> TemplateValue in
            [
                "number": .number(entry.number),
                "keyName": .text(entry.keyName),
                "href": .text("/settings/scep/status/\(entry.number)"),
                "status": entry.status.words(text).value,
                "date": times.value(entry.requestDate),
                "details": .optional(entry.details?.words(text)),
            ]
        }
        return ["items": .list(items)]
    }
}
