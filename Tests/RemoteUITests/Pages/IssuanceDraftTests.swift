import Machine
import PKI
import Testing

@testable import RemoteUI

@Suite("An issuance request between [Send Request] and [OK]")
struct IssuanceDraftTests {
    private func draft(
        _ prepare: @escaping @Sendable () async throws -> IssuancePreparation
    ) throws -> IssuanceDraft {
        IssuanceDraft(
            id: "1", form: IssuanceRequest.Form(), request: try Samples("web").request(), prepare: prepare)
    }

    @Test("A look-up that takes longer than the wait goes on behind it")
    func slow() async throws {
        let (release, releasing) = AsyncStream<Never>.makeStream()
        let draft = try draft {
            for await _ in release {}
            throw IssuanceRefusal.settingsChanged
        }
        await draft.wait(atMost: .zero)
        #expect(draft.preparation == nil)
        releasing.finish()
        while draft.preparation == nil { await Task.yield() }
        #expect(throws: IssuanceRefusal.settingsChanged) { try draft.preparation?.get() }
    }

    @Test("The wait ends with the look-up")
    func fast() async throws {
        let draft = try draft { throw IssuanceRefusal.keyNameInUse }
        await draft.wait(atMost: .seconds(600))
        #expect(throws: IssuanceRefusal.keyNameInUse) { try draft.preparation?.get() }
    }
}
