import HTTP

/// The key or the request for it could not be made; nothing was sent.
struct KeyGenerationFailure: Error {
    /// Does the work off the loops, and gives whatever it throws this name.
    static func named<Value: Sendable>(
        _ blockingWork: BlockingWork, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await blockingWork.run(body)
        } catch {
            throw KeyGenerationFailure()
        }
    }
}
