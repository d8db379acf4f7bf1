/// One step of something that runs: its name, its state in a word, and what came of it.
struct StepLine: Sendable {
    enum State: String, Sendable, CaseIterable {
        case waiting, running, done, failed, deferred
        /// An earlier step failed.
        case notReached = "not-reached"
    }

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

extension [StepLine] {
    /// As they stand once nothing runs any more: what comes after a failed step does not wait.
    var ended: [StepLine] {
        guard let failed = firstIndex(where: { $0.state == .failed }) else { return self }
        return enumerated().map { place, line in
            place > failed && line.state == .waiting
                ? StepLine(name: line.name, state: .notReached, details: line.details) : line
        }
    }
}
