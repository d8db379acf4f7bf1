import FoundationEssentials
import HTTP
import HTTPTypes
import PKI
import SCEP
import Synchronization

@testable import PracticeCA

/// The practice CA in this process, which answers each message in the way that the run wants.
final class SimulatedCA: Sendable {
    static let challenge = "word"

    let folder: String
    let certificate: Certificate
    private let book: EnrolmentBook
    private let orderly: SCEPResponder
    private let deferring: SCEPResponder
    private let refusing: [SCEPResponder]
    /// When a person decides on a request that waits, by its ID.
    private let decisions = Mutex<[String: Date]>([:])
    /// The log as it was read last; nil when a message may have changed it.
    private let log = Mutex<[String: Certificate]?>(nil)
    private let time: SimulatedTime
    private let chance: Chance

    init(plan: RunPlan, time: SimulatedTime, chance: Chance) throws {
        self.time = time
        self.chance = chance
        folder = try Folder.new()
        let state = try StateFolder(path: folder)
        book = try EnrolmentBook(state)
        var environment = ServiceEnvironment()
        environment.now = { time.now }
        environment.makeKey = { () throws(PKIError) in try FirstStart.authorityKey.get() }
        var configuration = ServiceConfiguration(dataFolder: folder, challenge: Self.challenge)
        configuration.faults = plan.habits
        configuration.validityDays = plan.validityDays
        func responder(_ adjust: (inout ServiceConfiguration) -> Void = { _ in }) throws -> SCEPResponder {
            var adjusted = configuration
            adjust(&adjusted)
            return try PracticeServer.responder(
                adjusted, folder: state, environment: environment, logger: FirstStart.logger)
        }
        orderly = try responder()
        deferring = try responder { $0.approval = .manual }
        refusing = try [Fault.failInfo0, .failInfo1, .failInfo2, .failInfo3, .failInfo4].map { fault in
            try responder { $0.faults.insert(fault) }
        }
        certificate = orderly.authority.certificate
    }

    var fingerprint: Fingerprint { Fingerprint(of: certificate) }

    func answer(_ request: Request, _ mishap: Mishap) async -> TransportReply {
        let responder =
            switch mishap {
            case .failure(let number): refusing[number]
            case .deferred: deferring
            default: orderly
            }
        let response = await responder.respond(to: request)
        log.withLock { $0 = nil }
        return TransportReply(
            status: response.status.code, contentType: response.fields[.contentType],
            server: response.fields[.server], body: response.body)
    }

    /// The certificates that have been issued, by transaction: the CA's log.
    func issued() throws -> [String: Certificate] {
        if let known = log.withLock({ $0 }) { return known }
        var certificates: [String: Certificate] = [:]
        for entry in try book.issued() {
            guard let record = try book.record(transactionID: entry.transactionID) else { continue }
            certificates[entry.transactionID] = try book.certificate(of: record)
        }
        log.withLock { [certificates] in $0 = certificates }
        return certificates
    }

    /// What has been issued for a transaction, if anything.
    func certificate(of transactionID: String) throws -> Certificate? {
        guard let record = try book.record(transactionID: transactionID), record.state == .issued else { return nil }
        return try book.certificate(of: record)
    }

    /// Decides on what has waited long enough; one in five is denied. Gives the time of the next decision.
    func decide() throws -> Date? {
        var next: Date?
        for request in try book.waiting() {
            let date = decisions.withLock { decisions in
                let date = decisions[request.id] ?? time.now + Double(chance.number(0...36 * 3600))
                decisions[request.id] = date
                return date
            }
            if date > time.now {
                next = min(next ?? date, date)
            } else if chance.happens(20) {
                try book.deny(id: request.id)
            } else {
                try book.approve(id: request.id)
            }
        }
        return next
    }
}
