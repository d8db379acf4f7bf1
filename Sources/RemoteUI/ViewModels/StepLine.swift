/// One step of something that runs: its name, its state in a word, and what came of it.
struct StepLine: Sendable {
    enum State: String, Sendable, CaseIterable { case waiting, running, done, failed, deferred }

    let name: String
    let state: State
    let details: [String]

    static let shape: TemplateShape = .list([
        "kind": .text, "name": .text, "state": .text, "current": .flag, "details": .list(.text),
    ])

    func value(_ text: Texts) -> TemplateValue {
        [
            "kind": .text(state.rawValue), "name": .text(name), "state": .text(text("step.\(state.rawValue)")),
            "current": .flag(state == .running), "details": .list(details.map { .text($0) }),
        ]
    }
}
