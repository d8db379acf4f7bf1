import Machine

/// One issuance while it runs and when it is over; true after every reload (I2, I3, I8). Template `progress`.
struct ProgressPage: PageModel {
    static let template = "progress"
    static let shape: TemplateShape = [
        "running": .flag, "attempt": .text, "followed": .flag, "seconds": .text, "keyName": .text, "kind": .text,
        "steps": StepLine.shape,
        "result": [
            "kind": .text, "title": .text, "message": .text, "polling": .text, "asked": .text, "remedy": .text,
            "serverText": .text,
        ],
        "restart": .flag, "subject": .text, "checkAgain": .flag, "discard": .flag, "again": .flag,
    ]

    enum Restart: Sendable {
        case administrator
        /// [Automatically Restart Device After Acquiring Certificate] (T5)
        case device
    }

    let progress: IssuanceProgress
    /// Whether the function that the key was requested for is switched on (I6).
    let isFunctionEnabled: Bool
    /// Who restarts the device for the key; nil when no restart is due, before the end or after it.
    let restart: Restart?
    /// Why the acquired key does not serve TLS, or will not after the restart.
    var tlsProblem: TLSProblem?
    /// Whether an automatic request is scheduled, which takes up one that waits.
    let hasNextRequest: Bool
    let times: LocalTime

    var menuItem: String? { "/settings/scep" }
    /// A poll may be an hour away; it is followed less closely than what runs.
    var refresh: Refresh? {
        switch progress.state {
        case .running: Refresh(seconds: 1)
        case .polling: Refresh(seconds: 5)
        case .waiting, .succeeded, .failed: nil
        }
    }

    func title(_ text: Texts) -> String { text("progress.title") }

    func values(_ text: Texts) -> TemplateValue {
        [
            "running": .flag(progress.state == .running),
            "attempt": .optional(progress.polling?.words(times, text)),
            "followed": .flag(refresh != nil),
            "seconds": .optional(refresh.map { String($0.seconds) }),
            "keyName": .text(progress.keyName),
            "kind": .text(text(progress.isManual ? "status.manual" : "status.automatic")),
            "steps": .list(steps(text).map { $0.value(text) }),
            "result": result(text),
            "restart": .flag(progress.state == .succeeded && restart != nil),
            "subject": .text(String(progress.id.rawValue)),
            "checkAgain": .flag(progress.state.isKept),
            "discard": .flag(progress.state.isKept),
            // While the timer is on no request can be sent by hand.
            "again": .flag(progress.state == .failed && progress.isManual),
        ]
    }

    private var isDeferred: Bool {
        progress.state.isKept && progress.history?.cause == .deferred
    }

    private func steps(_ text: Texts) -> [StepLine] {
        let lines = progress.steps.map { step in
            let state: StepLine.State =
                switch step.state {
                case .waiting: .waiting
                case .running: isDeferred ? .deferred : .running
                case .done: .done
                case .failed: isDeferred ? .deferred : .failed
                }
            return StepLine(
                name: text("progress.step.\(step.kind.rawValue)"), state: state,
                details: step.detail.isEmpty ? [] : [detail(step, text)])
        }
        return progress.state == .running ? lines : lines.ended
    }

    private func detail(_ step: IssuanceProgress.Step, _ text: Texts) -> String {
        step.kind == .capabilities ? CapabilitiesDetail(step.detail).words(text) : step.detail
    }

    private func result(_ text: Texts) -> TemplateValue {
        let failure = progress.history.flatMap { FailureWords($0, text) }
        switch progress.state {
        case .running: return false
        case .polling:
            return notice(
                text, "info", text("progress.polling"),
                text("progress.polling.text", failure?.title ?? text("details.deferred")),
                polling: progress.polling?.words(times, text), remedy: failure?.remedy,
                serverText: failure?.serverText)
        case .succeeded:
            if let tlsProblem {
                let result =
                    tlsProblem.preventsService ? text("progress.successful.unusable") : success(text)
                let message = [result, tlsProblem.words(text)].filter { !$0.isEmpty }
                    .joined(separator: text("form.sentence-space"))
                return notice(text, "warning", text("progress.successful"), message, remedy: tlsProblem.remedy(text))
            }
            return notice(
                text, "success", text("progress.successful"), success(text))
        case .waiting where isDeferred:
            return notice(
                text, "warning", text("progress.deferred"), kept("progress.deferred.text", text),
                remedy: failure?.remedy)
        case .waiting:
            let message = [failure?.cause, kept("progress.kept", text)].compactMap { $0 }
            return notice(
                text, "error", failure?.title ?? text("progress.failed"),
                message.joined(separator: text("form.sentence-space")), remedy: failure?.remedy,
                serverText: failure?.serverText)
        case .failed:
            return notice(
                text, "error", [text("progress.failed"), failure?.title].compactMap { $0 }.joined(separator: ": "),
                failure?.cause ?? "", remedy: failure?.remedy, serverText: failure?.serverText)
        }
    }

    /// So that a [Check Again] that brought nothing new can be seen.
    private func asked(_ text: Texts) -> String? {
        guard progress.state.isKept, let date = progress.askedAt else { return nil }
        return text("progress.asked", times.textWithSeconds(date))
    }

    private func success(_ text: Texts) -> String {
        if progress.use == .none {
            return switch restart {
            case nil: text("progress.successful.none")
            case .administrator: text("progress.successful.restart-none")
            case .device: text("progress.successful.by-itself-none")
            }
        }
        var sentences: [String] = []
        switch restart {
        case nil: break
        case .administrator:
            sentences.append(
                text(isFunctionEnabled ? "progress.successful.restart" : "progress.successful.restart-assigned"))
        case .device:
            sentences.append(
                text(isFunctionEnabled ? "progress.successful.by-itself" : "progress.successful.by-itself-assigned"))
        }
        if !isFunctionEnabled { sentences.append(text("progress.successful.use", progress.use.words(text))) }
        return sentences.joined(separator: text("form.sentence-space"))
    }

    /// What happens to a request that waits; an automatic one is taken up again by the timer.
    private func kept(_ key: String, _ text: Texts) -> String {
        progress.isManual || !hasNextRequest
            ? text(key) : text(key) + text("form.sentence-space") + text("progress.kept.automatic")
    }

    private func notice(
        _ text: Texts, _ kind: String, _ title: String, _ message: String, polling: String? = nil,
        remedy: String? = nil, serverText: String? = nil
    ) -> TemplateValue {
        [
            "kind": .text(kind), "title": .text(title), "message": .text(message),
            "polling": .optional(polling), "asked": .optional(asked(text)), "remedy": .optional(remedy),
            "serverText": .optional(serverText),
        ]
    }
}
