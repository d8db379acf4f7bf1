/// Shown while the machine restarts; goes on to the login page when another process answers (D3). Template `waiting`.
struct WaitingPage: PageModel {
    static let template = "waiting"
    static let shape: TemplateShape = ["instance": .text]

    /// The process that is about to end.
    let instance: String

    var refresh: Refresh? { Refresh(seconds: 5, path: "/login") }

    func title(_ text: Texts) -> String { text("waiting.title") }

    func values(_ text: Texts) -> TemplateValue { ["instance": .text(instance)] }
}
