import Machine

/// One issuance while it runs and when it is over; true after every reload (I2, I3, I8). Template `progress`.
struct ProgressPage: PageModel {
    static let template = "progress"
    static let shape: TemplateShape = [
        "running": .flag, "keyName": .text, "steps": StepLine.shape,
        "result": ["kind": .text, "title": .text, "message": .text, "remedy": .text, "serverText": .text],
        "restart": .flag, "checkAgain": .flag, "discard": .flag, "again": .flag,
    ]

    let progress: IssuanceProgress
    /// Whether the function that the key was requested for is switched on (I6).
    let isFunctionEnabled: Bool
    /// Whether a restart is still due; after it the page offers none.
    let isRestartPending: Bool

    var menuItem: String? { "/settings/scep" }
    var refresh: Refresh? { progress.state == .running ? Refresh(seconds: 1) : nil }

    func title(_ text: Texts) -> String { text("progress.title") }

    func values(_ text: Texts) -> TemplateValue {
        [
            "running": .flag(progress.state == .running),
            "keyName": .text(progress.keyName),
            "steps": .list(steps(text).map { $0.value(text) }),
            "result": result(text),
            "restart": .flag(progress.state == .succeeded && isRestartPending),
            "checkAgain": .flag(progress.state == .waiting),
            "discard": .flag(progress.state == .waiting),
            "again": .flag(progress.state == .failed),
        ]
    }

    private var isDeferred: Bool { progress.state == .waiting && progress.history?.cause == .deferred }

    private func steps(_ text: Texts) -> [StepLine] {
        progress.steps.map { step in
            let state: StepLine.State =
                switch step.state {
                case .waiting: .waiting
                case .running: isDeferred ? .deferred : .running
                case .done: .done
                case .failed: isDeferred ? .deferred : .failed
                }
            return StepLine(
                name: text("progress.step.\(step.kind.rawValue)"), state: state,
                details: step.detail.isEmpty ? [] : [step.detail])
        }
    }

    private func result(_ text: Texts) -> TemplateValue {
        let failure = progress.history.flatMap { FailureWords($0, text) }
        switch progress.state {
        case .running, .polling: return false
        case .succeeded:
            return notice("success", text("progress.successful"), success(text))
        case .waiting where isDeferred:
            return notice(
                "warning", text("progress.deferred"), text("progress.deferred.text"), remedy: failure?.remedy)
        case .waiting:
            let message = [failure?.cause, text("progress.kept")].compactMap { $0 }
            return notice(
                "error", failure?.title ?? text("progress.failed"),
                message.joined(separator: text("form.sentence-space")), remedy: failure?.remedy,
                serverText: failure?.serverText)
        case .failed:
            return notice(
                "error", [text("progress.failed"), failure?.title].compactMap { $0 }.joined(separator: ": "),
                failure?.cause ?? "", remedy: failure?.remedy, serverText: failure?.serverText)
        }
    }

    private func success(_ text: Texts) -> String {
        if progress.use == .none {
            return text(isRestartPending ? "progress.successful.restart-none" : "progress.successful.none")
        }
        var sentences: [String] = []
        if isRestartPending { sentences.append(text("progress.successful.restart")) }
        if !isFunctionEnabled { sentences.append(text("progress.successful.use", progress.use.words(text))) }
        return sentences.joined(separator: text("form.sentence-space"))
    }

    private func notice(
        _ kind: String, _ title: String, _ message: String, remedy: String? = nil, serverText: String? = nil
    ) -> TemplateValue {
        [
            "kind": .text(kind), "title": .text(title), "message": .text(message), "remedy": .optional(remedy),
            "serverText": .optional(serverText),
        ]
    }
}
