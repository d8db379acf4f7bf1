import FoundationEssentials
import PKI

extension SettingTable.Name where Value == AutoRequestSettings {
    static var autoRequest: Self { Self("autoRequest") }
}

extension SettingTable.Name where Value == AutoRequestSchedule {
    static var autoRequestSchedule: Self { Self("autoRequestSchedule") }
}

extension SettingTable {
    /// As an administrator set them, or as they are from the factory.
    var autoRequestSettings: AutoRequestSettings {
        get throws { try value(.autoRequest) ?? AutoRequestSettings() }
    }

    var autoRequestSchedule: AutoRequestSchedule {
        get throws { try value(.autoRequestSchedule) ?? AutoRequestSchedule() }
    }
}

extension Tables {
    /// What the automatic requests wait for; stores what the plan put right or drew.
    func autoRequestPlan(at now: Date, zone: Zone, random: any RandomSource) throws -> AutoRequestPlan {
        let (settings, stored) = (try settings.autoRequestSettings, try settings.autoRequestSchedule)
        var plan = AutoRequestPlan(
            settings: settings, schedule: stored, renewable: try renewable(settings), zone: zone, now: now,
            isClockSet: try isClockSet(at: now))
        try plan.draw(random: random)
        if plan.schedule != stored { try self.settings.set(.autoRequestSchedule, plan.schedule) }
        return plan
    }

    /// The newest certificate that the settings' key use has, other than the default key's. One that cannot be read
    /// tells no dates, and the one before it counts.
    private func renewable(_ settings: AutoRequestSettings) throws -> AutoRequestPlan.Renewable? {
        guard settings.isTimerEnabled, settings.renewal.trigger != .off, let key = settings.key else { return nil }
        // A key without use may be anything the administrator keeps: only the timer's own are renewed.
        let candidates = try keys.all().filter {
            $0.use == key.use && !$0.isDefault && ($0.use != .none || $0.isAutomatic)
        }
        for record in candidates.sorted(by: { $0.id > $1.id }) {
            guard let der = record.certificate, let certificate = try? Certificate(der: der) else { continue }
            return AutoRequestPlan.Renewable(
                keyID: record.id, notBefore: certificate.notBefore, notAfter: certificate.notAfter)
        }
        return nil
    }
}
