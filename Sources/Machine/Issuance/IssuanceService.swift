import FoundationEssentials
import Logging
import PKI
import SCEP

/// Runs issuance requests: one attempt at a time, each step stored before the next begins, so that a power cut at any
/// moment leaves a store from which ``resume()`` goes on (I7).
actor IssuanceService {
    let store: Store
    let environment: MachineEnvironment
    let configuration: MachineConfiguration
    let logger: Logger
    private var tasks: [IssuanceID: Task<Void, Never>] = [:]
    /// Certificates that came and could not be stored. The transaction is kept too, but a server may answer only once.
    private var notStored: [IssuanceID: IssuedCertificate] = [:]

    /// Ends of attempts that the store could not take (a full disk): it names these requests as running still.
    private(set) var unwritten: [IssuanceID: IssuanceOutcome] = [:]

    init(store: Store, environment: MachineEnvironment, configuration: MachineConfiguration, logger: Logger) {
        self.store = store
        self.environment = environment
        self.configuration = configuration
        self.logger = logger
    }

    /// Starts a request that the store names as running and that has no key yet.
    func start(
        _ id: IssuanceID, _ request: IssuanceRequest, to destination: IssuanceDestination,
        by administrator: Administrator
    ) {
        run(id, by: administrator) { attempt in
            try await attempt.makeKey(request, server: destination.server)
            return try await attempt.exchange(agreed: destination.authority)
        }
    }

    /// Goes on with a request that has its key and transaction: sends the same request again, or polls.
    func resume(_ id: IssuanceID, by administrator: Administrator) {
        if let late = notStored[id] {
            run(id, by: administrator) { _ in .issued(late) }
        } else {
            run(id, by: administrator) { attempt in try await attempt.exchange() }
        }
    }

    /// Goes on with a request whose end the store could not take; false if there is none, or another call was first.
    func resumeUnwritten(_ id: IssuanceID, by administrator: Administrator) -> Bool {
        guard unwritten[id] != nil else { return false }
        resume(id, by: administrator)
        return true
    }

    /// Forgets a certificate that could not be stored: its request was given up.
    func forget(_ id: IssuanceID) { notStored[id] = nil }

    /// The requests whose certificates came and could not be stored.
    var requestsNotStored: Set<IssuanceID> { Set(notStored.keys) }

    /// Returns when nothing runs any more.
    func waitUntilIdle() async {
        while let task = tasks.values.first { await task.value }
    }

    private func run(
        _ id: IssuanceID, by administrator: Administrator,
        _ body: @escaping @Sendable (IssuanceAttempt) async throws -> Outcome
    ) {
        let attempt = IssuanceAttempt(
            id: id, store: store, environment: environment, configuration: configuration, administrator: administrator)
        unwritten[id] = nil
        tasks[id] = Task {
            do {
                let outcome = try await body(attempt)
                await conclude(attempt, outcome)
            } catch {
                await fail(attempt, error)
            }
            tasks[id] = nil
        }
    }

    private func conclude(_ attempt: IssuanceAttempt, _ outcome: Outcome) async {
        do {
            let keyName = try await attempt.store(outcome)
            logger.info("Issuance request \(attempt.id.rawValue) for \(keyName): \(outcome.word)")
            notStored[attempt.id] = nil
        } catch {
            if case .issued(let issued) = outcome { notStored[attempt.id] = issued }
            await fail(attempt, error)
        }
    }

    private func fail(_ attempt: IssuanceAttempt, _ error: any Error) async {
        // SCEP and machine errors hold no secrets; anything else is named by its type only.
        let reason = (error as? SCEPError)?.description ?? (error as? MachineError)?.description ?? "\(type(of: error))"
        logger.error("Issuance request \(attempt.id.rawValue): \(reason)")
        do {
            try await attempt.store(failure: error)
        } catch {
            // Nothing can be written at all. The store still says "running", which the next start takes up again.
            unwritten[attempt.id] = IssuanceOutcome(error)
            logger.critical("Issuance request \(attempt.id.rawValue): its end could not be stored: \(type(of: error))")
        }
    }
}

extension Outcome {
    /// For the log.
    fileprivate var word: String {
        switch self {
        case .issued: "issued"
        case .pending: "deferred"
        case .failed: "refused"
        }
    }
}
