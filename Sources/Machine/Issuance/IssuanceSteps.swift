/// The five steps of an issuance, as they are stored and shown.
struct IssuanceSteps: Equatable, Sendable, Codable {
    private(set) var list: [IssuanceProgress.Step]

    /// Nothing done yet, the key under way.
    init() {
        list = IssuanceProgress.Kind.allCases.map { .init($0, $0 == .key ? .running : .waiting) }
    }

    mutating func set(_ kind: IssuanceProgress.Kind, _ state: StepState, detail: String = "") {
        guard let index = list.firstIndex(where: { $0.kind == kind }) else { return }
        list[index] = .init(kind, state, detail: detail)
    }

    /// Marks a step done and the next one running.
    mutating func finish(_ kind: IssuanceProgress.Kind, detail: String) {
        set(kind, .done, detail: detail)
        guard let index = list.firstIndex(where: { $0.kind == kind }), index + 1 < list.count else { return }
        list[index + 1] = .init(list[index + 1].kind, .running)
    }

    /// Goes on at a step: what came after it in an earlier attempt is still to be done.
    mutating func resume(at kind: IssuanceProgress.Kind) {
        guard let index = list.firstIndex(where: { $0.kind == kind }) else { return }
        for place in list.indices where place >= index {
            list[place] = .init(list[place].kind, place == index ? .running : .waiting)
        }
    }

    /// Puts what runs to another state: failed when the attempt ended, waiting when it will be taken up again.
    mutating func stop(_ state: StepState) {
        list = list.map { $0.state == .running ? .init($0.kind, state, detail: $0.detail) : $0 }
    }
}
