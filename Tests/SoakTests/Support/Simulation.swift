import FoundationEssentials
import PKI
import SCEP

@testable import Machine

/// One machine and one CA through simulated days.
final class Simulation {
    static let administrator = Administrator(name: "admin", role: .systemManager, remoteAddress: "192.0.2.7")

    let plan: RunPlan
    let ca: SimulatedCA
    let network: Network
    private(set) var powerCuts = 0
    private(set) var restarts = 0
    private(set) var problems: [String] = []
    private(set) var books: Books

    private let time = SimulatedTime()
    private let chance: Chance
    private var folder: String
    private var process: MachineProcess?
    private var isCalm = false

    init(seed: UInt64) async throws {
        chance = Chance(seed: seed)
        plan = RunPlan(chance: chance)
        ca = try SimulatedCA(plan: plan, time: time, chance: Chance(seed: ~seed))
        network = Network(ca: ca, time: time, chance: chance)
        books = Books(plan: plan)
        folder = try await FirstStart.shared.copy()
        try await start(mayFail: false)
        let communication = CommunicationSettings.Form(
            scepServerURL: "http://ca.example/scep", portNumber: "80", communicationTimeout: "30",
            caFingerprint: ca.fingerprint.text)
        let machine = try machine
        _ = try await machine.updateCommunicationSettings(communication.validated(), by: Self.administrator)
        _ = try await machine.updateAutoRequestSettings(plan.form, by: Self.administrator)
    }

    /// Removes what the run has left on the disk.
    func cleanUp() {
        process = nil
        Folder.remove(folder)
        Folder.remove(ca.folder)
    }

    /// A day with mishaps and power cuts, and with what an administrator may do at its end.
    func day() async throws {
        try await pass(until: time.now + SimulatedTime.day)
        try await administrate()
    }

    /// From now on nothing goes wrong. Says what is not as it must be when the longest certificate has run out.
    func calm() async throws {
        isCalm = true
        network.calm()
        try await restart()
        let begin = time.now
        for _ in 0...plan.validityDays {
            try await pass(until: time.now + SimulatedTime.day)
            try await administrate()
        }
        try await restart()
        let inventory = try await machine.inventory()
        let newest = books.rows.values.filter { $0.status == .successful }.max { $0.number < $1.number }
        guard let newest, newest.requestDate > begin else {
            return complain("no certificate has come since all is well")
        }
        let serving = inventory.serving[plan.use].flatMap { id in inventory.keys.first { $0.id == id } }
        if try serving?.certificate != ca.issued()[newest.transactionID ?? ""] {
            complain("the newest certificate does not serve")
        }
        let old = inventory.keys.filter { !$0.isDefault && $0.id != serving?.id && $0.certificate != nil }
        if plan.settings.deletesOldKey, !old.isEmpty { complain("\(old.count) old keys are still there") }
    }

    // MARK: Time

    private func pass(until end: Date) async throws {
        var turns = 0
        while time.now < end {
            guard let next = try await turn() else { continue }
            // Not within the turn: nobody may hold the machine any more.
            if process?.isRestartAsked == true {
                try await restart()
                continue
            }
            let decision = try ca.decide()
            let target = min(end, next, decision ?? end)
            turns = target > time.now ? 0 : turns + 1
            if turns > 50 { return complain("the machine does not come to rest") }
            time.advance(to: target)
        }
    }

    /// Lets the machine do what is due, and looks at it. Gives the time of its next turn; nil after a power cut.
    private func turn() async throws -> Date? {
        let machine = try machine
        var next: Date?
        var (before, after) = (0, try await lastAuditEntry(machine))
        repeat {
            before = after
            next = try await machine.tick()
            await machine.waitForIssuances()
            after = try await lastAuditEntry(machine)
            if try await goOnAfterPowerCut() { return nil }
        } while before != after
        try await look()
        return next ?? .distantFuture
    }

    private func lastAuditEntry(_ machine: Machine) async throws -> Int {
        try await machine.auditEntries(limit: 1).first?.sequence ?? 0
    }

    private func look() async throws {
        let inventory = try await machine.inventory()
        for problem in try books.look(at: inventory, issued: ca.issued(), read: network.takeRead()) {
            complain(problem)
        }
    }

    private func complain(_ problem: String) {
        let text = "\(time.now.formatted(.iso8601)): \(problem)"
        if !problems.contains(where: { $0.hasSuffix(problem) }) { problems.append(text) }
    }

    // MARK: Processes

    private var machine: Machine {
        get throws {
            guard let process else { throw MachineError(.dataDirectory, "the machine is off") }
            return process.machine
        }
    }

    private func restart() async throws {
        restarts += 1
        process = nil
        try await start()
    }

    private func start(mayFail: Bool = true) async throws {
        let power = Power(folder: folder)
        if mayFail, !isCalm, chance.happens(60) { power.cut(in: chance.number(1...60)) }
        process = try await MachineProcess(
            folder: folder, plan: plan, network: network, time: time, chance: chance, power: power)
        if try await goOnAfterPowerCut() { return }
        try await look()
    }

    /// Goes on with what a power cut has left; false when there was none.
    private func goOnAfterPowerCut() async throws -> Bool {
        guard let remains = try process?.power.remains() else { return false }
        powerCuts += 1
        // What came in the last moments came to nobody.
        _ = network.takeRead()
        process = nil
        Folder.remove(folder)
        folder = remains
        try await start()
        return true
    }

    // MARK: The administrator

    /// Asks again or gives up what waits, makes room in a full store, sets a new time where nothing comes any more,
    /// restarts the machine where it does not by itself.
    private func administrate() async throws {
        try await lookAfterRequests()
        try await setTime()
        if try await process?.machine.pendingRestart().isEmpty == false, !plan.settings.restartsDevice,
            isCalm || chance.happens(60)
        {
            try await restart()
        }
    }

    private func lookAfterRequests() async throws {
        let machine = try machine
        let inventory = try await machine.inventory()
        if let waiting = inventory.open.first(where: { $0.state.isKept }) {
            if isCalm || chance.happens(25) {
                books.checkAgain(waiting)
                try await machine.checkAgain(waiting.id, by: Self.administrator)
                await machine.waitForIssuances()
            } else if chance.happens(12) {
                try await machine.discard(waiting.id, by: Self.administrator)
            }
            if try await goOnAfterPowerCut() { return }
        }
        if inventory.keys.count >= plan.keyLimit, isCalm || chance.happens(60),
            let idle = inventory.keys.first(where: { $0.state == .idle && !$0.isDefault })
        {
            books.delete(idle)
            try await machine.deleteKey(named: idle.name, by: Self.administrator)
            if try await goOnAfterPowerCut() { return }
        }
        try await look()
    }

    /// A single request that failed, and brought nothing that could be renewed, is followed by none.
    private func setTime() async throws {
        let machine = try machine
        let state = try await machine.autoRequestState()
        if state.nextRequest == nil, state.current == nil {
            var form = AutoRequestSettings.Form(try await machine.autoRequestSettings())
            form.start = RunPlan.start(after: time.now, chance: chance).text
            _ = try await machine.updateAutoRequestSettings(form, by: Self.administrator)
        }
        _ = try await goOnAfterPowerCut()
    }
}
