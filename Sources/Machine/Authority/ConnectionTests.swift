import SCEP

/// The connection test of this process, and the CAs that look-ups have shown; no restart keeps them.
actor ConnectionTests {
    private(set) var current: ConnectionTest?
    private var task: Task<Void, Never>?
    private var shown: [Fingerprint: ShownAuthority] = [:]
    /// Counts up when the settings change, so that a look-up of the old server leaves nothing behind.
    private var generation = 0

    /// Takes the place of the test before, unless that one still runs. `record` writes down that it begins; where that
    /// fails, it has not begun.
    func begin(_ test: ConnectionTest, record: @Sendable () async throws -> Void) async throws -> Int? {
        if current?.isRunning == true { return nil }
        let former = current
        let begun = generation
        current = test
        do {
            try await record()
        } catch {
            if begun == generation { current = former }
            throw error
        }
        return begun
    }

    func run(_ body: @escaping @Sendable () async -> Void) { task = Task { await body() } }

    func waitUntilIdle() async { await task?.value }

    func update(_ test: ConnectionTest, generation: Int) {
        guard generation == self.generation else { return }
        current = test
    }

    func show(_ authority: ShownAuthority, generation: Int? = nil) {
        guard generation == nil || generation == self.generation else { return }
        // A server that shows a new CA each time must not fill the memory.
        if shown.count >= 16 { shown.removeAll() }
        shown[authority.authority.fingerprint] = authority
    }

    /// An administrator has accepted this CA, which the current test may show.
    func markAccepted(_ fingerprint: Fingerprint) {
        guard current?.authority?.fingerprint == fingerprint else { return }
        current?.isAccepted = true
    }

    func shown(_ fingerprint: Fingerprint) -> ShownAuthority? { shown[fingerprint] }

    /// Forgets everything about the server that the settings named before.
    func forget() {
        generation += 1
        current = nil
        shown.removeAll()
    }
}
