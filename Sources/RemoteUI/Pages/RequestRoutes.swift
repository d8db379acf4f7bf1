import Machine
import PKI

/// `/settings/scep/request`: the form and its confirmation (I1, I2, I4–I6, C6).
struct RequestRoutes: Sendable {
    private static let path = "/settings/scep/request"
    private static let progress = "/settings/scep/request/progress"
    /// How long [Send Request] waits for the server itself; a page follows what takes longer.
    private static let patience = Duration.seconds(1)

    let times: LocalTime

    var routes: [Route] {
        [
            Route(.get, Self.path, access: .systemManager, handler: show),
            Route(.post, Self.path, access: .systemManager, handler: send),
            Route(.get, Self.path + "/confirm", access: .systemManager, handler: showConfirmation),
            Route(.post, Self.path + "/confirm", access: .systemManager, handler: confirm),
        ]
    }

    private func show(_ context: PageContext) async throws -> Outcome {
        let lock = try await lock(context)
        // Who comes back from the confirmation finds what was typed, but for the challenge password.
        let typed = context.session?.draft(IssuanceDraft.self)?.form
        let form = RequestForm(
            form: typed ?? IssuanceRequest.Form(), legacyMode: context.machine.configuration.legacyMode,
            isDisabled: lock != nil, text: context.text)
        let timeout = lock == nil ? try await lookUpTimeout(context) : nil
        return .page(RequestPage(form: form, lock: lock, lookUpTimeout: timeout))
    }

    private func send(_ context: PageContext) async throws -> Outcome {
        let form = IssuanceRequest.Form(context)
        let request: IssuanceRequest
        do {
            request = try form.validated(legacyMode: context.machine.configuration.legacyMode)
        } catch {
            return .page(try await page(form, errors: error, context), status: .unprocessableContent)
        }
        let (machine, administrator) = (context.machine, context.administrator)
        let id = Hex.encode((0..<8).map { _ in UInt8.random(in: 0...255) })
        let draft = IssuanceDraft(id: id, form: form, request: request) {
            try await machine.prepareIssuance(request, by: administrator)
        }
        await draft.wait(atMost: Self.patience)
        if case .failure(let error) = draft.preparation { return try await refuse(form, error, context) }
        context.session?.keep(draft)
        return .redirect(Self.path + "/confirm")
    }

    /// The form again, with what stands in the way of the request.
    private func refuse(
        _ form: IssuanceRequest.Form, _ error: any Error, _ context: PageContext
    ) async throws -> Outcome {
        switch error {
        case IssuanceRefusal.keyNameInUse:
            let errors = FieldErrors<IssuanceRequest.Field>([.init(.keyName, .alreadyUsed)])
            return .page(try await page(form, errors: errors, context), status: .unprocessableContent)
        case IssuanceRefusal.lookUpFailed(let number):
            return try await lookUpFailed(form, historyNumber: number, context)
        case let refusal as IssuanceRefusal:
            var page = try await page(form, context)
            page.lock = try await lock(context)
            if page.lock == nil {
                page.errors = refused(refusal.phrase.words(context.text), context.text)
            } else {
                page.lookUpTimeout = nil
            }
            return .page(page, status: .conflict)
        default: throw error
        }
    }

    private func showConfirmation(_ context: PageContext) async throws -> Outcome {
        guard let draft = context.session?.draft(IssuanceDraft.self) else { return gone(context) }
        switch draft.preparation {
        case nil:
            guard let settings = try await context.machine.communicationSettings() else { return gone(context) }
            return .page(LookUpPage(draft: draft.id, settings: settings))
        case .failure(let error): return try await refuse(draft.form, error, context)
        case .success(let preparation):
            return .page(
                ConfirmPage(
                    draft: draft.id, request: draft.request, preparation: preparation, now: context.clock.now(),
                    times: times))
        }
    }

    private func confirm(_ context: PageContext) async throws -> Outcome {
        // A page of an older draft leaves the one that took its place alone.
        guard context.session?.draft(IssuanceDraft.self)?.id == context.field("draft"),
            let draft = context.session?.takeDraft(IssuanceDraft.self), context.field("draft") == draft.id
        else { return gone(context) }
        // Only the word of [OK] sends; anything else is [Cancel], which gives up a look-up as well.
        guard context.field("decision") == "ok", case .success(let preparation) = draft.preparation else {
            context.leave(Flash(.info, "confirm.cancelled"))
            return .redirect("/settings/scep")
        }
        do {
            _ = try await context.machine.beginIssuance(
                draft.request, to: preparation.destination, by: context.administrator)
        } catch let refusal as IssuanceRefusal {
            context.leave(refusal.phrase.flash(.error))
            return .redirect(Self.path)
        }
        return .redirect(Self.progress)
    }

    private func gone(_ context: PageContext) -> Outcome {
        context.leave(Flash(.info, "confirm.gone"))
        return .redirect(Self.path)
    }

    private func page(
        _ form: IssuanceRequest.Form, errors: FieldErrors<IssuanceRequest.Field> = FieldErrors(),
        _ context: PageContext
    ) async throws -> RequestPage {
        let fields = RequestForm(
            form: form, errors: errors, legacyMode: context.machine.configuration.legacyMode, text: context.text)
        return RequestPage(
            form: fields,
            errors: ErrorSummary(title: context.text("form.errors.request"), fields: fields.all),
            lookUpTimeout: try await lookUpTimeout(context))
    }

    /// The look-up of the CA is in the history; its cause and remedy stand above the form.
    private func lookUpFailed(
        _ form: IssuanceRequest.Form, historyNumber: Int, _ context: PageContext
    ) async throws -> Outcome {
        let text = context.text
        var page = try await page(form, context)
        if let entry = try await context.machine.historyEntry(historyNumber), let words = FailureWords(entry, text) {
            page.errors = ErrorSummary(
                title: text("refusal.lookUpFailed"), message: "\(words.title). \(words.cause)", remedy: words.remedy)
        } else {
            page.errors = refused(text("refusal.lookUpFailed"), text)
        }
        return .page(page, status: .badGateway)
    }

    private func refused(_ message: String, _ text: Texts) -> ErrorSummary {
        ErrorSummary(title: text("form.errors.unsent"), message: message)
    }

    /// How long [Send Request] may take, in seconds: nil when a CA is accepted, for then no server is asked.
    private func lookUpTimeout(_ context: PageContext) async throws -> Int? {
        guard try await context.machine.acceptedAuthority() == nil else { return nil }
        return try await context.machine.communicationSettings()?.timeout
    }

    /// What stands in the way of any request at present.
    private func lock(_ context: PageContext) async throws -> Lock? {
        let (machine, text) = (context.machine, context.text)
        if try await machine.isAutoRequestTimerEnabled() {
            return .timer("auto.locked.request", text)
        }
        if try await machine.communicationSettings() == nil {
            return .init(
                reason: text("refusal.notConfigured"),
                link: Crumb(text("communication.title"), "/settings/scep/communication"))
        }
        switch try await machine.currentIssuance()?.state {
        case .running, .polling:
            return .init(reason: text("refusal.requestInProgress"), link: Crumb(text("progress.title"), Self.progress))
        case .waiting:
            return .init(reason: text("refusal.requestWaiting"), link: Crumb(text("progress.title"), Self.progress))
        case .succeeded, .failed, nil: return try await .keyLimit(context)
        }
    }
}

extension Lock {
    /// No key can be added (K5): said before anything is typed.
    static func keyLimit(_ context: PageContext) async throws -> Lock? {
        guard try await context.machine.isKeyLimitReached() else { return nil }
        let limit = context.machine.configuration.keyLimit
        return Lock(
            reason: context.text("request.key-limit", String(limit)),
            link: Crumb(context.text("keys.title"), "/settings/keys"))
    }
}

extension IssuanceRequest.Form {
    /// A choice that the form does not send stays the default.
    init(_ context: PageContext) {
        self.init(
            keyName: context.field("key_name") ?? "",
            signatureAlgorithm: context.field("signature_algorithm") ?? "sha256",
            keyLength: context.field("key_length") ?? "2048", organization: context.field("organization") ?? "",
            commonName: context.field("common_name") ?? "",
            challengePassword: Secret(context.field("challenge_password") ?? ""),
            keyUseLocation: context.field("key_use_location") ?? "none",
            ipsecPolicy: context.field("ipsec_policy") ?? "")
    }
}
