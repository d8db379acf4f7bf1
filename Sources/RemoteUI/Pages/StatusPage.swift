import Machine

/// [Certificate Issuance Request Status]: the last 20 requests (S1, S3). Template `status`.
struct StatusPage: PageModel {
    static let template = "status"
    static let shape: TemplateShape = ["rows": HistoryRows.shape]

    let history: HistoryRows

    var menuItem: String? { "/settings/scep/status" }

    func title(_ text: Texts) -> String { text("status.title") }

    func values(_ text: Texts) -> TemplateValue { ["rows": history.value(text)] }
}
