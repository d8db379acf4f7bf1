import Foundation
import Testing

@testable import Machine

@Suite("Renewals of the schedule") struct ScheduleRenewalTests {
    /// A machine with a certificate of a hundred days, from 2026-11-01 to 2027-02-09.
    private func machine(
        _ trigger: RenewalSettings.Trigger, start: String? = nil, every interval: Int? = nil, adjusts: Bool = false
    ) throws -> Schedules {
        var machine = try Schedules(start: start, every: interval, adjusts: adjusts)
        machine.settings.renewal.trigger = trigger
        machine.renewable = .init(
            keyID: 7, notBefore: try .utc("2026-11-01T00:00Z"), notAfter: try .utc("2027-02-09T00:00Z"))
        return machine
    }

    @Test(
        "T10: a renewal is due so many days before the end, but not in the first half of the life, or when so much has passed",
        arguments: [
            (RenewalSettings.Trigger.daysBefore(1), "2027-02-08T00:00Z"), (.daysBefore(30), "2027-01-10T00:00Z"),
            (.daysBefore(50), "2026-12-21T00:00Z"), (.daysBefore(80), "2026-12-21T00:00Z"),
            (.daysBefore(365), "2026-12-21T00:00Z"),
            (.percentOfLife(50), "2026-12-21T00:00Z"), (.percentOfLife(80), "2027-01-20T00:00Z"),
            (.percentOfLife(99), "2027-02-08T00:00Z"),
        ])
    func dueTimes(trigger: RenewalSettings.Trigger, expected: String) throws {
        var machine = try machine(trigger)
        let next = try #require(try machine.plan().next)
        #expect(next.target == .renewal(keyID: 7))
        #expect(next.nominal.utc == expected && next.at == next.nominal)
        #expect(try machine.plan().isDue == (next.at <= machine.now))
        machine.now = max(machine.now, next.at - 1)
        #expect(try machine.plan().isDue == (next.at <= machine.now))
        machine.now = max(machine.now, next.at)
        #expect(try machine.ticks() == [.renewal(keyID: 7)])
    }

    @Test("T10: without a certificate, and with renewal off, nothing is renewed")
    func nothingToRenew() throws {
        var off = try machine(.off)
        off.now = try .utc("2027-03-01T00:00Z")
        #expect(try off.ticks().isEmpty)
        var bare = try machine(.daysBefore(30))
        bare.renewable = nil
        bare.now = try .utc("2027-03-01T00:00Z")
        #expect(try bare.ticks().isEmpty)
    }

    @Test(
        "T10: a certificate past its date, and even past its end, is renewed at once, and after a failure a day later")
    func pastItsDate() throws {
        for now in ["2027-01-20T00:00Z", "2028-01-01T00:00Z"] {
            var machine = try machine(.daysBefore(30), adjusts: true)
            machine.now = try .utc(now)
            #expect(try machine.ticks() == [.renewal(keyID: 7)])
            let next = try #require(try machine.plan().next)
            #expect(next.nominal == machine.now + 86_400)
            #expect((1...600).contains(next.at.timeIntervalSince(next.nominal)))
            try machine.reboot()
            machine.now = next.at - 1
            #expect(try machine.ticks().isEmpty)
            machine.now = next.at
            #expect(try machine.ticks() == [.renewal(keyID: 7)])
        }
    }

    @Test("T10: a certificate that lives no longer than the days before its end is renewed halfway, not each day anew")
    func shorterThanDays() throws {
        var machine = try machine(.daysBefore(30))
        // Servers backdate what they issue by some minutes.
        let (minutes, life) = (600.0, 30 * 86_400.0)
        machine.renewable = .init(keyID: 7, notBefore: machine.now - minutes, notAfter: machine.now + life)
        var renewals = 0
        let end = machine.now + 360 * 86_400
        while let next = try machine.plan().next, next.at < end {
            machine.now = next.at
            #expect(try machine.ticks() == [.renewal(keyID: 7 + renewals)])
            renewals += 1
            machine.renewable = .init(
                keyID: 7 + renewals, notBefore: machine.now - minutes, notAfter: machine.now + life)
        }
        #expect(renewals == 24)
    }

    @Test("T10: a certificate of a day is renewed before its end, and after a failure tried again before its end too")
    func dayLong() throws {
        var machine = try machine(.percentOfLife(80))
        for keyID in 1...20 {
            let issued = machine.now
            machine.renewable = .init(keyID: keyID, notBefore: issued, notAfter: issued + 86_400)
            let due = try #require(try machine.plan().next)
            #expect(due.at == issued + 0.8 * 86_400)
            machine.now = due.at
            #expect(try machine.ticks() == [.renewal(keyID: keyID)])
            #expect(try machine.plan().next?.at == due.at + 8640)
        }
    }

    @Test("T10: however short a certificate lives, its server is asked once in ten minutes at most")
    func secondsLong() throws {
        var machine = try machine(.percentOfLife(50))
        machine.renewable = .init(keyID: 7, notBefore: machine.now, notAfter: machine.now + 2)
        machine.now += 1
        #expect(try machine.ticks() == [.renewal(keyID: 7)])
        #expect(try machine.plan().next?.at == machine.now + 600)
    }

    @Test("T10: an attempt that lies in the future counts as none")
    func futureAttempt() throws {
        var machine = try machine(.daysBefore(30))
        machine.now = try .utc("2027-01-20T00:00Z")
        machine.schedule.renewalAttemptedAt = machine.now + 1
        #expect(try machine.plan().isDue)
        machine.schedule.renewalAttemptedAt = machine.now
        #expect(try !machine.plan().isDue)
        #expect(try machine.plan().next?.at == machine.now + 86_400)
    }

    @Test("T10: after a renewal the new certificate's own dates count")
    func renewed() throws {
        var machine = try machine(.percentOfLife(80))
        machine.now = try .utc("2027-01-20T00:00Z")
        #expect(try machine.ticks() == [.renewal(keyID: 7)])
        machine.renewable = .init(keyID: 8, notBefore: machine.now, notAfter: machine.now + 100 * 86_400)
        let next = try #require(try machine.plan().next)
        #expect(next.target == .renewal(keyID: 8) && next.at == machine.now + 80 * 86_400)
    }

    @Test("T10: the earlier of set time and renewal comes first, and the other is kept")
    func earliestWins() throws {
        var machine = try machine(.daysBefore(30), start: "2026-12-01T02:00", every: 60)
        var order: [String] = []
        for _ in 0..<4 {
            let next = try #require(try machine.plan().next)
            order.append("\(next.at.utc) \(next.target)")
            machine.now = next.at
            #expect(try machine.ticks() == [next.target])
        }
        #expect(
            order == [
                "2026-12-01T02:00Z occurrence(0)", "2027-01-10T00:00Z renewal(keyID: 7)",
                "2027-01-11T00:00Z renewal(keyID: 7)", "2027-01-12T00:00Z renewal(keyID: 7)",
            ])
    }

    @Test("T10: when both come at once the set time is first")
    func tie() throws {
        var machine = try machine(.daysBefore(30), start: "2027-01-10T00:00")
        machine.now = try .utc("2027-01-10T00:00Z")
        #expect(try machine.ticks() == [.occurrence(0), .renewal(keyID: 7)])
    }

    @Test("T10: a renewal that is failing each day holds up no set time")
    func failingRenewal() throws {
        var machine = try machine(.daysBefore(30), start: "2027-01-12T12:00", every: 1)
        machine.now = try .utc("2027-01-10T00:00Z")
        var targets: [AutoRequestSchedule.Target] = []
        while machine.now < (try .utc("2027-01-15T00:00Z")) {
            targets += try machine.ticks()
            machine.now = try #require(try machine.plan().next).at
        }
        #expect(
            targets == [
                .renewal(keyID: 7), .renewal(keyID: 7), .renewal(keyID: 7), .occurrence(0), .renewal(keyID: 7),
                .occurrence(1), .renewal(keyID: 7), .occurrence(2),
            ])
    }
}
