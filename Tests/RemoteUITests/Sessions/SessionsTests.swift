import Testing

@testable import RemoteUI

@Suite struct SessionsTests {
    let clock = StepClock()
    let manager = Role.systemManager(id: "admin")

    private func sessions(limit: Int = 64) -> Sessions {
        let clock = clock
        return Sessions(limit: limit, random: CountingRandom(), now: { clock.now })
    }

    @Test("L5: every session has an id and a token of its own")
    func everySessionHasAnIdAndATokenOfItsOwn() throws {
        let sessions = sessions()
        let one = try sessions.start(manager)
        let two = try sessions.start(manager)
        #expect(Set([one.id, two.id, one.session.token, two.session.token]).count == 4)
        #expect(one.id.utf8.count == 64)
        #expect(sessions.find(id: one.id, idle: .seconds(60)) === one.session)
        #expect(sessions.find(id: two.id, idle: .seconds(60)) === two.session)
    }

    @Test(arguments: ["", "x", "00", String(repeating: "0", count: 64)])
    func anIdThatWasNotGivenOutFindsNothing(_ id: String) throws {
        let sessions = sessions()
        _ = try sessions.start(manager)
        #expect(sessions.find(id: id, idle: .seconds(60)) == nil)
    }

    @Test func theIdIsNotKeptInClear() throws {
        let started = try sessions().start(manager)
        #expect(started.session.digest.count == 32)
        #expect(started.session.digest != Array(started.id.utf8))
    }

    @Test("L5: an idle session ends at its time and stays ended")
    func anIdleSessionEndsAtItsTimeAndStaysEnded() throws {
        let sessions = sessions()
        let started = try sessions.start(manager)
        clock.advance(by: .seconds(899))
        #expect(sessions.find(id: started.id, idle: .seconds(900)) != nil)
        clock.advance(by: .seconds(1))
        #expect(sessions.find(id: started.id, idle: .seconds(900)) == nil)
        // A longer time-out set afterwards does not bring it back.
        #expect(sessions.find(id: started.id, idle: .seconds(9000)) == nil)
    }

    @Test("L5: a session past its time is gone also when nobody asks for it any more")
    func anAbandonedSessionIsForgotten() throws {
        let sessions = sessions()
        _ = try sessions.start(manager)
        clock.advance(by: .seconds(900))
        let other = try sessions.start(manager)
        #expect(sessions.find(id: other.id, idle: .seconds(900)) != nil)
        #expect(sessions.count == 1)
    }

    @Test("L5: activity begins the idle time anew")
    func activityBeginsTheIdleTimeAnew() throws {
        let sessions = sessions()
        let started = try sessions.start(manager)
        for _ in 0..<3 {
            clock.advance(by: .seconds(800))
            let session = try #require(sessions.find(id: started.id, idle: .seconds(900)))
            sessions.touch(session)
        }
        clock.advance(by: .seconds(800))
        #expect(sessions.find(id: started.id, idle: .seconds(900)) != nil)
    }

    @Test("L5: looking it up is no activity")
    func lookingItUpIsNoActivity() throws {
        let sessions = sessions()
        let started = try sessions.start(manager)
        clock.advance(by: .seconds(600))
        _ = sessions.find(id: started.id, idle: .seconds(900))
        clock.advance(by: .seconds(600))
        #expect(sessions.find(id: started.id, idle: .seconds(900)) == nil)
    }

    @Test("L5: twelve hours end the busiest session")
    func twelveHoursEndTheBusiestSession() throws {
        let sessions = sessions()
        let started = try sessions.start(manager)
        for _ in 0..<(12 * 6 - 1) {
            clock.advance(by: .seconds(600))
            sessions.touch(try #require(sessions.find(id: started.id, idle: .seconds(900))))
        }
        clock.advance(by: .seconds(600))
        #expect(sessions.find(id: started.id, idle: .seconds(900)) == nil)
    }

    @Test("L5: log out ends one session only")
    func logOutEndsOneSessionOnly() throws {
        let sessions = sessions()
        let one = try sessions.start(manager)
        let two = try sessions.start(manager)
        sessions.end(one.session)
        #expect(sessions.find(id: one.id, idle: .seconds(60)) == nil)
        #expect(sessions.find(id: two.id, idle: .seconds(60)) != nil)
    }

    @Test("L5: a changed PIN ends all others")
    func aChangedPINEndsAllOthers() throws {
        let sessions = sessions()
        let mine = try sessions.start(manager)
        let other = try sessions.start(manager)
        let general = try sessions.start(.generalUser(name: nil))
        sessions.endAll(except: mine.session)
        #expect(sessions.find(id: mine.id, idle: .seconds(60)) === mine.session)
        #expect(sessions.find(id: other.id, idle: .seconds(60)) == nil)
        #expect(sessions.find(id: general.id, idle: .seconds(60)) == nil)
    }

    @Test func theOneIdleLongestMakesRoom() throws {
        let sessions = sessions(limit: 2)
        let old = try sessions.start(manager)
        clock.advance(by: .seconds(1))
        let newer = try sessions.start(manager)
        clock.advance(by: .seconds(1))
        sessions.touch(old.session)
        let newest = try sessions.start(manager)
        #expect(sessions.count == 2)
        #expect(sessions.find(id: newer.id, idle: .seconds(60)) == nil)
        #expect(sessions.find(id: old.id, idle: .seconds(60)) != nil)
        #expect(sessions.find(id: newest.id, idle: .seconds(60)) != nil)
    }

    @Test func generalUsersCannotPushASystemManagerOut() throws {
        let sessions = sessions(limit: 3)
        let started = try sessions.start(manager)
        for _ in 0..<20 {
            clock.advance(by: .seconds(1))
            _ = try sessions.start(.generalUser(name: "x"))
        }
        #expect(sessions.find(id: started.id, idle: .seconds(60)) === started.session)
        #expect(sessions.count == 3)
    }

    @Test func aFlashIsShownOnce() throws {
        let session = try sessions().start(manager).session
        session.leave(Flash(.success, "saved"))
        #expect(session.takeFlash() == Flash(.success, "saved"))
        #expect(session.takeFlash() == nil)
    }

    @Test func aDraftIsTakenOnce() throws {
        let session = try sessions().start(manager).session
        session.keep("draft")
        #expect(session.draft(Int.self) == nil)
        #expect(session.takeDraft(Int.self) == nil)
        #expect(session.draft(String.self) == "draft")
        #expect(session.takeDraft(String.self) == "draft")
        #expect(session.takeDraft(String.self) == nil)
    }
}
