import FoundationEssentials
import Glibc
import PKI
import Testing

@testable import Machine

@Suite("Set-up and sign-in") struct AccountTests {
    @Test("L1: the set-up code lies in a 0600 file in a 0700 folder, and stays the same until it is used")
    func code() async throws {
        let test = try await TestMachine()
        let code = try #require(try test.machine.setUpCode())
        #expect(code.count == 14)
        #expect(mode(test.configuration.dataDirectory) == 0o700)
        #expect(mode(test.configuration.dataDirectory + "/set-up-code") == 0o600)
        try await test.restart()
        #expect(try test.machine.setUpCode() == code)
        #expect(try await test.machine.isSetUp() == false)
    }

    @Test("Every file of the store is 0600")
    func modes() async throws {
        let test = try await TestMachine()
        for file in try FileManager.default.contentsOfDirectory(atPath: test.configuration.dataDirectory) {
            #expect(mode(test.configuration.dataDirectory + "/" + file) == 0o600, "\(file)")
        }
    }

    @Test("A folder of somebody else's is not taken over; an empty one and our own are closed to others")
    func folders() async throws {
        let folder = TestMachine.newFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func make(_ name: String, _ files: [String], _ mode: mode_t) throws -> String {
            let path = "\(folder)/\(name)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            for file in files { #expect(FileManager.default.createFile(atPath: "\(path)/\(file)", contents: nil)) }
            #expect(chmod(path, mode) == 0)
            return path
        }
        let other = try make("other", ["letter.txt"], 0o1777)
        #expect(throws: MachineError(.dataDirectory, "")) { try DataDirectory(path: other) }
        #expect(mode(other) == 0o1777)
        for path in [
            try make("empty", [], 0o755), try make("volume", ["lost+found"], 0o755),
            try make("ours", ["machine-key", "notes.txt"], 0o750), try make("closed", ["notes.txt"], 0o700),
        ] {
            _ = try DataDirectory(path: path)
            #expect(mode(path) == 0o700, "\(path)")
        }
    }

    @Test("L1: set-up takes the code in any case and with O for 0, then is gone for good")
    func setUp() async throws {
        let test = try await TestMachine()
        let code = try #require(try test.machine.setUpCode())
        let form = SetUpForm(
            code: code.lowercased().filter { $0 != "-" }, systemManagerID: "admin", pin: TestMachine.pin,
            pinAgain: TestMachine.pin)
        try await test.machine.setUp(form, from: "192.0.2.1")
        #expect(try await test.machine.isSetUp())
        #expect(try test.machine.setUpCode() == nil)
        await #expect(throws: SetUpError.alreadySetUp) { try await test.machine.setUp(form, from: "192.0.2.1") }
        try await test.restart()
        #expect(try test.machine.setUpCode() == nil)
    }

    @Test(
        "L1, L3: set-up refuses a bad entry and changes nothing",
        arguments: [
            ("admin", "short", "short", SetUpForm.Field.pin), ("admin", "long enough", "not the same", .pinAgain),
            ("", "long enough", "long enough", .systemManagerID),
            ("a b", "long enough", "long enough", .systemManagerID),
            ("admin", String(repeating: "x", count: 65), String(repeating: "x", count: 65), .pin),
            ("admin", "long\u{0}enough", "long\u{0}enough", .pin),
        ])
    func badSetUp(id: String, pin: String, again: String, field: SetUpForm.Field) async throws {
        let test = try await TestMachine()
        let form = SetUpForm(code: try test.machine.setUpCode() ?? "", systemManagerID: id, pin: pin, pinAgain: again)
        let errors = await #expect(throws: FieldErrors<SetUpForm.Field>.self) {
            try await test.machine.setUp(form, from: "192.0.2.1")
        }
        #expect(errors?.entries.map(\.field) == [field])
        #expect(try await test.machine.isSetUp() == false)
    }

    @Test("L1: wrong set-up codes lock set-up, the right code too, until the time is over")
    func setUpLockout() async throws {
        let test = try await TestMachine()
        func attempt(_ code: String) async throws {
            try await test.machine.setUp(
                SetUpForm(code: code, systemManagerID: "admin", pin: "long enough", pinAgain: "long enough"),
                from: "192.0.2.1")
        }
        let code = try test.machine.setUpCode() ?? ""
        for _ in 0..<5 { await #expect(throws: SetUpError.refused) { try await attempt("AAAA-AAAA-AAAA") } }
        await #expect(throws: SetUpError.refused) { try await attempt(code) }
        test.clock.advance(minutes: 3.1)
        try await attempt(code)
        #expect(try await test.machine.isSetUp())
    }

    @Test("L1: of many set-ups at once exactly one succeeds")
    func setUpRace() async throws {
        let test = try await TestMachine()
        let code = try test.machine.setUpCode() ?? ""
        let machine = test.machine
        let successes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<4 {
                group.addTask {
                    let form = SetUpForm(
                        code: code, systemManagerID: "admin\(number)", pin: "long enough", pinAgain: "long enough")
                    return (try? await machine.setUp(form, from: "192.0.2.1")) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(successes == 1)
    }

    @Test(
        "L2, L4: only the right ID with the right PIN is let in",
        arguments: [
            (TestMachine.id, TestMachine.pin, SignInResult.accepted), (TestMachine.id, "", .refused),
            ("", TestMachine.pin, .refused), ("", "", .refused), ("Admin", TestMachine.pin, .refused),
            (TestMachine.id, TestMachine.pin + " ", .refused), (TestMachine.id, "7654321", .refused),
        ])
    func signIn(id: String, pin: String, expected: SignInResult) async throws {
        let test = try await TestMachine()
        try await test.setUp()
        #expect(try await test.machine.signIn(systemManagerID: id, pin: pin, from: "192.0.2.1") == expected)
    }

    @Test("L2: before set-up nobody signs in")
    func beforeSetUp() async throws {
        let test = try await TestMachine()
        #expect(try await test.machine.signIn(systemManagerID: "", pin: "", from: "192.0.2.1") == .refused)
        #expect(try await test.machine.signInGeneralUser(name: "", from: "192.0.2.1") == false)
    }

    @Test("L4: the fifth wrong entry locks for three minutes, over a restart, and a set-back clock adds nothing")
    func lockout() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        func signIn(_ pin: String) async throws -> SignInResult {
            try await test.machine.signIn(systemManagerID: TestMachine.id, pin: pin, from: "192.0.2.1")
        }
        for _ in 0..<4 { #expect(try await signIn("wrong PIN") == .refused) }
        #expect(try await signIn(TestMachine.pin) == .accepted)
        for _ in 0..<5 { #expect(try await signIn("wrong PIN") == .refused) }
        #expect(try await signIn(TestMachine.pin) == .lockedOut)
        try await test.restart()
        #expect(try await signIn(TestMachine.pin) == .lockedOut)
        test.clock.advance(minutes: -60 * 24 * 365)
        #expect(try await signIn(TestMachine.pin) == .lockedOut)
        test.clock.advance(minutes: 3.1)
        #expect(try await signIn(TestMachine.pin) == .accepted)
    }

    @Test("L4: many guesses at once get no more than the threshold")
    func parallelGuesses() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        let machine = test.machine
        let refused = await withTaskGroup(of: SignInResult?.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    try? await machine.signIn(systemManagerID: "admin", pin: "wrong PIN", from: "192.0.2.1")
                }
            }
            return await group.reduce(0) { $0 + ($1 == .refused ? 1 : 0) }
        }
        #expect(refused == 5)
        #expect(
            try await machine.signIn(systemManagerID: "admin", pin: TestMachine.pin, from: "192.0.2.1") == .lockedOut)
    }

    @Test("L2: General User Mode is off until it is switched on")
    func generalUser() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        #expect(try await test.machine.signInGeneralUser(name: "kim", from: "192.0.2.1") == false)
        var settings = try await test.machine.securitySettings()
        settings.isGeneralUserModeEnabled = true
        try await test.machine.updateSecuritySettings(settings, by: TestMachine.manager)
        #expect(try await test.machine.signInGeneralUser(name: "kim", from: "192.0.2.1"))
        #expect(try await test.machine.signInGeneralUser(name: "k\u{0}m", from: "192.0.2.1") == false)
    }

    @Test("L5: the PIN changes only for who knows the present one")
    func changePIN() async throws {
        let test = try await TestMachine()
        try await test.setUp()
        let new = "another good PIN"
        func change(from current: String) async throws -> SignInResult {
            try await test.machine.changePIN(
                ChangePINForm(current: current, new: new, newAgain: new), by: TestMachine.manager)
        }
        #expect(try await change(from: "wrong PIN") == .refused)
        #expect(try await change(from: TestMachine.pin) == .accepted)
        #expect(try await test.machine.signIn(systemManagerID: "admin", pin: TestMachine.pin, from: "") == .refused)
        #expect(try await test.machine.signIn(systemManagerID: "admin", pin: new, from: "") == .accepted)
    }

    @Test("L5: a PIN that is changed while it is being compared lets nobody in any more")
    func changedMeanwhile() async throws {
        let hook = Hook()
        let test = try await TestMachine(clock: TestClock { hook.call() })
        try await test.setUp()
        let (new, store) = (try PINHash.make("another good PIN"), test.configuration.dataDirectory + "/machine.sqlite")
        // The machine looks at the clock between the comparison and the write.
        hook.next { try AccountTable(connection: Connection(path: store)).setPIN(new) }
        #expect(try await test.machine.signIn(systemManagerID: "admin", pin: TestMachine.pin, from: "") == .refused)
        #expect(
            try await test.machine.signIn(systemManagerID: "admin", pin: "another good PIN", from: "") == .accepted)
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }
}
