import FoundationEssentials
import Synchronization

/// The power of one process. Cut at some moment, it leaves a copy of the data folder as it was at that moment; what the
/// process does from then on happens to nobody: its folder is dropped and its messages do not arrive.
final class Power: Sendable {
    private struct State {
        var moments: Int?
        var copy: Result<String, any Error>?
    }

    private let folder: String
    private let state = Mutex(State())

    init(folder: String) { self.folder = folder }

    /// Cuts the power so many moments from now.
    func cut(in moments: Int) { state.withLock { $0.moments = moments } }

    var isCut: Bool { state.withLock { $0.copy != nil } }

    /// The folder that a power cut has left; nil while the power is on.
    func remains() throws -> String? { try state.withLock { $0.copy }?.get() }

    /// A look at the clock, a message that is about to leave or has arrived.
    func moment() {
        state.withLock { state in
            guard state.copy == nil, let moments = state.moments else { return }
            state.moments = moments - 1
            if moments <= 1 { state.copy = Result { try Folder.copyOfData(in: folder) } }
        }
    }
}
