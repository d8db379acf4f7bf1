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
    let alarm: AutoRequestAlarm
    private var runs: [IssuanceID: Run] = [:]
    /// Counts the attempts of this process.
    private var number = 0
    /// Certificates that came and could not be stored. The transaction is kept too, but a server may answer only once.
    private var notStored: [IssuanceID: IssuedCertificate] = [:]

    /// Ends of attempts that the store could not take (a full disk): it names these requests as running still.
    private(set) var unwritten: [IssuanceID: IssuanceOutcome] = [:]

    private struct Run {
        let number: Int
        let task: Task<Void, Never>
    }

    /// - Parameter alarm: rung when an attempt has ended.
    init(
        store: Store, environment: MachineEnvironment, configuration: MachineConfiguration, logger: Logger,
        alarm: AutoRequestAlarm
    ) {
        self.store = store
        self.environment = environment
        self.configuration = configuration
        self.logger = logger
        self.alarm = alarm
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

    /// Goes on with a request that the store names as running: sends the same request again, or polls; an automatic one
    /// that has no key yet gets it first.
    func resume(_ id: IssuanceID, by administrator: Administrator) {
        run(id, by: administrator) { [late = notStored[id]] attempt in
            if let late { return .issued(late) }
            return try await attempt.proceed()
        }
    }

    /// Goes on with a request whose end the store could not take; false if there is none, or another call was first.
    func resumeUnwritten(_ id: IssuanceID, by administrator: Administrator) -> Bool {
        guard unwritten[id] != nil else { return false }
        resume(id, by: administrator)
        return true
    }

    /// Forgets what the store could not take of a request that was given up: its end, or its certificate.
    func forget(_ id: IssuanceID) { (notStored[id], unwritten[id]) = (nil, nil) }

    /// The requests whose certificates came and could not be stored.
    var requestsNotStored: Set<IssuanceID> { Set(notStored.keys) }

    /// What is under way, and what the store could not take: the ends of requests, and certificates.
    var openEnds: (active: Set<IssuanceID>, unwritten: Set<IssuanceID>) {
        (Set(runs.keys), Set(unwritten.keys).union(notStored.keys))
    }

    /// Returns when nothing runs any more.
    func waitUntilIdle() async {
        while let run = runs.values.first { await run.task.value }
    }

    private func run(
        _ id: IssuanceID, by administrator: Administrator,
        _ body: @escaping @Sendable (IssuanceAttempt) async throws -> Outcome
    ) {
        let attempt = IssuanceAttempt(
            id: id, store: store, environment: environment, configuration: configuration, administrator: administrator)
        unwritten[id] = nil
        number += 1
        let (number, former) = (number, runs[id]?.task)
        runs[id] = Run(
            number: number,
            task: Task {
                // An attempt whose end is in the store already, or another one that was begun at the same moment.
                await former?.value
                unwritten[id] = nil
                do {
                    if try await attempt.isRunning() { await conclude(attempt, try await body(attempt)) }
                } catch {
                    await fail(attempt, error)
                }
                if runs[id]?.number == number { runs[id] = nil }
                alarm.ring()
            })
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
