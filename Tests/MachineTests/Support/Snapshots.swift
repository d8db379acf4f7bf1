import FoundationEssentials
import Synchronization
import Testing

/// What power cuts would leave: a snapshot at every look at the clock and before every message.
final class Snapshots: Sendable {
    /// A data folder and a server as a power cut at one moment leaves them.
    struct Snapshot: Sendable {
        let folder: String
        let server: TestServer
    }

    private let source: Mutex<String?> = Mutex(nil)
    private let taken = Mutex<[Snapshot]>([])
    private let server: TestServer

    /// - Parameter server: its messages take snapshots from now on.
    init(server: TestServer) {
        self.server = server
        server.hook.withLock { $0 = { [weak self] _ in self?.take() } }
    }

    var all: [Snapshot] { taken.withLock { $0 } }

    /// A clock that takes a snapshot at every look.
    func clock() -> TestClock { TestClock { [weak self] in self?.take() } }

    func begin(_ source: String) { self.source.withLock { $0 = source } }
    func end() { source.withLock { $0 = nil } }

    func take() {
        source.withLock { source in
            guard let source else { return }
            let copy = TestMachine.newFolder()
            let server = server.copy()
            do {
                try FileManager.default.createDirectory(atPath: copy + "/data", withIntermediateDirectories: false)
                for file in ["machine.sqlite", "machine.sqlite-wal", "machine-key"] {
                    try FileManager.default.copyItem(atPath: "\(source)/\(file)", toPath: "\(copy)/data/\(file)")
                }
                taken.withLock { $0.append(Snapshot(folder: copy, server: server)) }
            } catch {
                Issue.record("the snapshot failed: \(error)")
            }
        }
    }

    deinit { for snapshot in all { try? FileManager.default.removeItem(atPath: snapshot.folder) } }
}
