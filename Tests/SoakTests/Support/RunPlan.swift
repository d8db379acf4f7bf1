import FoundationEssentials
import Machine
import PracticeCA

/// What a seed decides for a whole run.
struct RunPlan: Sendable {
    let keyLimit: Int
    let settings: AutoRequestSettings
    /// How long the CA's certificates are valid.
    let validityDays: Int
    /// What the CA does with renewals and polls.
    let habits: Set<Fault>

    init(chance: Chance) {
        var settings = AutoRequestSettings()
        settings.isTimerEnabled = true
        // Within the first day.
        settings.start = Self.start(after: SimulatedTime.start, chance: chance)
        settings.adjustsRequestTime = chance.happens(50)
        settings.isPollingEnabled = true
        settings.pollingTimes = chance.number(1...10)
        settings.pollingInterval = chance.number(1...60)
        settings.isPeriodic = chance.happens(75)
        settings.interval = 1
        settings.restartsDevice = chance.happens(80)
        settings.deletesOldKey = chance.happens(50)
        if !settings.isPeriodic || chance.happens(30) {
            settings.renewal.trigger = chance.happens(50) ? .daysBefore(1) : .percentOfLife(chance.number(50...90))
        }
        // Short enough that certificates are renewed, and now and then run out before.
        validityDays = chance.number(2...4)
        let use: KeyUse = chance.happens(35) ? .tls : .ieee8021X
        // OpenSSL serves TLS with no shorter key; the shorter ones are made faster.
        settings.key = AutoRequestKey(
            keyName: "auto", keyLength: use == .tls ? 2048 : 1024, organization: "Soak",
            commonName: "printer.example", use: use)
        keyLimit = chance.number(3...8)
        let habits: [Set<Fault>] = [
            [], [], [], [.renewalNeedsChallenge], [.refusesRenewalReq], [.refusesRenewal], [.noCertPoll],
        ]
        self.habits = chance.one(of: habits)
        settings.renewal.policy = chance.one(of: RenewalPolicy.allCases)
        settings.renewal.sendsChallengePassword = chance.happens(50)
        // What this CA refuses for ever brings no certificate; the automatic policy finds a way with any.
        if !settings.isPeriodic, !self.habits.isEmpty { settings.renewal.policy = .automatic }
        self.settings = settings
    }

    /// A set time within a day.
    static func start(after now: Date, chance: Chance) -> LocalDateTime {
        LocalDateTime(now + Double(chance.number(3600...86_400)), zone: SimulatedTime.zone)
    }

    var use: KeyUse { settings.key?.use ?? .none }

    /// What an administrator types at first.
    var form: AutoRequestSettings.Form {
        var form = AutoRequestSettings.Form(settings)
        form.key.challengePassword = Secret(SimulatedCA.challenge)
        form.changesChallengePassword = true
        return form
    }
}
