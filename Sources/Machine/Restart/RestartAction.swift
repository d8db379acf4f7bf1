/// What "restart" does: the program replaces its own process, or runs the administrator's command (D3).
public protocol RestartAction: Sendable {
    /// Starts the restart and returns, so that the answer to the browser still goes out.
    func restart() async throws
}
